import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import type { Json } from '../asl/definition.ts';
import { evaluateTemplate } from '../asl/evaluate-template.ts';
import { StateError } from '../asl/state-error.ts';
import { executionSession } from '../engine/execution-session.ts';
import { isObject } from '../engine/value.ts';
import type { MapRunRequest } from '../engine-seam.ts';
import { describeChild } from './describe-child.ts';
import type { MapRun } from './map-run-state.ts';

export interface ResultPlace {
  readonly bucket: string;
  /** Without the slash behind it. */
  readonly prefix: string;
}

const resultWriterFailed = (cause: string): StateError =>
  new StateError('States.ResultWriterFailed', cause);

/**
 * Where `ResultWriter` puts the results; none without it.
 *
 * @throws StateError States.ResultWriterFailed, States.QueryEvaluationError
 */
export async function evaluateResultPlace({
  state,
  evaluation,
}: MapRunRequest): Promise<ResultPlace | undefined> {
  if (!state.ResultWriter) return undefined;
  const value = await evaluateTemplate(
    state.ResultWriter.Arguments ?? {},
    evaluation,
    'ResultWriter/Arguments',
  );
  const members = isObject(value) ? Object.entries(value) : [];
  const texts = new Map<string, string>();
  for (const [name, member] of members) {
    if (name !== 'Bucket' && name !== 'Prefix')
      throw resultWriterFailed(`${name} of ResultWriter is not modelled by this emulator.`);
    if (typeof member !== 'string')
      throw resultWriterFailed(`The argument ${name} of the ResultWriter is not a string.`);
    texts.set(name, member);
  }
  const bucket = texts.get('Bucket');
  if (bucket === undefined) throw resultWriterFailed('The ResultWriter lacks the argument Bucket.');
  return { bucket, prefix: (texts.get('Prefix') ?? '').replace(/\/$/, '') };
}

/**
 * Writes one file per kind of ending and a manifest that names them, and returns what the state outputs then.
 *
 * Source: Step Functions Developer Guide, "ResultWriter (Map)", "Exporting to Amazon S3": the bucket belongs to the same
 * account and Region.
 * @throws StateError States.ResultWriterFailed
 */
export async function writeResults(
  scope: Scope,
  { request, run, place }: { request: MapRunRequest; run: MapRun; place: ResultPlace },
): Promise<Json> {
  const id = run.arn.split(':').at(-1) ?? '';
  const folder = place.prefix === '' ? id : `${place.prefix}/${id}`;
  const put = async (name: string, content: Json): Promise<{ Key: string; Size: number }> => {
    const body = Buffer.from(JSON.stringify(content));
    const key = `${folder}/${name}`;
    await scope.send(
      new PutObjectCommand({
        Bucket: place.bucket,
        Key: key,
        Body: body,
        ExpectedBucketOwner: scope.account,
      }),
      { as: executionSession(scope, request.parent) },
    );
    return { Key: key, Size: body.length };
  };
  const ended = run.children.flatMap(({ execution }) => (execution ? [execution] : []));
  const succeeded = ended.filter(({ status }) => status === 'SUCCEEDED');
  const failed = ended.filter(({ status }) => status !== 'SUCCEEDED');
  try {
    const filesOf = async (
      name: string,
      executions: typeof ended,
    ): Promise<{ Key: string; Size: number }[]> =>
      executions.length === 0
        ? []
        : [
            await put(
              `${name}_0.json`,
              executions.map((execution) => describeChild(run, execution)),
            ),
          ];
    const manifest = {
      DestinationBucket: place.bucket,
      MapRunArn: run.arn,
      ResultFiles: {
        FAILED: await filesOf('FAILED', failed),
        PENDING: [],
        SUCCEEDED: await filesOf('SUCCEEDED', succeeded),
      },
    };
    const { Key } = await put('manifest.json', manifest);
    run.hasWrittenResults = true;
    return { MapRunArn: run.arn, ResultWriterDetails: { Bucket: place.bucket, Key } };
  } catch (error) {
    if (error instanceof AwsError)
      throw resultWriterFailed(
        `${error.message} (Service: Amazon S3; Status Code: ${error.status ?? 400}; Error Code: ${error.code})`,
      );
    throw error;
  }
}
