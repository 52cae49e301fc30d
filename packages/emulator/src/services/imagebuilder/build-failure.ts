import type { FailureContext, StoredImage } from './state.ts';

/** Ends a build: the image becomes FAILED with this reason. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly context: Omit<FailureContext, 'imageStatus'>;

  constructor(reason: string, context: Omit<FailureContext, 'imageStatus'> = {}) {
    super(reason);
    this.context = context;
  }
}

/** Somebody cancelled the build. */
export class BuildCancelled extends Error {
  override readonly name = 'BuildCancelled';
}

/**
 * How Image Builder words what goes wrong while it builds or tests. It names the component but not the step: that is
 * in the logs and in `failureContext`.
 *
 * Source: users' reports, e.g. aws/aws-parallelcluster#3995 and #4955.
 */
export const executionFailed = (
  image: StoredImage,
  executionId: string,
  problem: {
    readonly status?: 'Failed' | 'TimedOut';
    readonly message: string;
    readonly component?: FailureContext['componentFailure'];
  },
): BuildFailure =>
  new BuildFailure(
    `SSM execution '${executionId}' failed for image arn: '${image.arn}' with status = '${problem.status ?? 'Failed'}' in state = '${image.status}' and failure message = '${problem.message}'`,
    problem.component ? { componentFailure: problem.component } : {},
  );

/** Source: AWS re:Post, "Troubleshoot distribution errors with encrypted AMIs in Image Builder". */
export const distributionFailed = (
  image: StoredImage,
  jobId: string,
  problems: readonly {
    readonly region: string;
    readonly account: string;
    readonly message: string;
  }[],
): BuildFailure => {
  const list = problems
    .map(
      ({ region, account, message }, index) =>
        `${index + 1}) EC2 Client Error: '${message}' when distributing the image from the source account (ID: ${image.owner}) to the destination account (ID: ${account}) in Region ${region}.`,
    )
    .join(' ');
  const errorMessage = `Not all distribution jobs are completed. ${list}`;
  return new BuildFailure(
    `Distribution failed with JobId '${jobId}', status = 'Failed' for ARN '${image.arn}'. '${errorMessage}'`,
    { distributionFailure: { errorMessage } },
  );
};
