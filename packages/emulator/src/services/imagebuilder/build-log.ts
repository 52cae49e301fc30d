import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { isAwsError } from '../../world/aws-error.ts';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Build } from './build-context.ts';

const linesMax = 20_000; // a limit of this emulator
const eventsPerCallMax = 1_000; // CloudWatch Logs takes 10,000 events or 1 MiB in one call
const lineLengthMax = 10_000; // a limit of this emulator; CloudWatch Logs takes 256 KiB

/** What the components wrote on one instance. */
export class BuildLog {
  readonly #lines: { readonly at: number; readonly text: string }[] = [];

  write(at: number, text: string): void {
    for (const line of text.split('\n'))
      if (line !== '' && this.#lines.length < linesMax)
        this.#lines.push({ at, text: line.slice(0, lineLengthMax) });
  }

  get lines(): readonly { readonly at: number; readonly text: string }[] {
    return this.#lines;
  }
}

/**
 * Sends the log of one instance to CloudWatch Logs, in the name of the instance. A refusal is noted; the build goes on.
 *
 * Source: IB User Guide, "Monitor Image Builder logs with Amazon CloudWatch Logs": group /aws/imagebuilder/ImageName,
 * stream ImageVersion/ImageBuildVersion, written when the stage is complete.
 */
export async function streamLog(
  build: Build,
  log: BuildLog,
  session: AssumedRolePrincipal,
): Promise<void> {
  const { scope, image } = build;
  const place = {
    logGroupName: image.logGroupName ?? `/aws/imagebuilder/${image.name}`,
    logStreamName: `${image.version}/${image.build}`,
  };
  try {
    await ensureStream(build, place, session);
    for (let from = 0; from < log.lines.length; from += eventsPerCallMax)
      await scope.send(
        new PutLogEventsCommand({
          ...place,
          logEvents: log.lines
            .slice(from, from + eventsPerCallMax)
            .map(({ at, text }) => ({ timestamp: at, message: text })),
        }),
        { as: session },
      );
  } catch (error) {
    if (!isAwsError(error)) throw error;
    scope.record('log-lost', { ...place, error: error.code, message: error.message });
  }
}

async function ensureStream(
  build: Build,
  place: { logGroupName: string; logStreamName: string },
  session: AssumedRolePrincipal,
): Promise<void> {
  const { scope } = build;
  const create = async (): Promise<void> => {
    try {
      await scope.send(new CreateLogStreamCommand(place), { as: session });
    } catch (error) {
      if (!isAwsError(error, 'ResourceAlreadyExistsException')) throw error;
    }
  };
  try {
    await create();
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    await scope.send(new CreateLogGroupCommand({ logGroupName: place.logGroupName }), {
      as: session,
    });
    await create();
  }
}

/**
 * Puts the log of one instance into the bucket of the infrastructure configuration, in the name of the instance.
 *
 * @throws AwsError when the instance's role may not: AWS fails such a build
 */
export async function uploadLog(
  build: Build,
  log: BuildLog,
  options: { session: AssumedRolePrincipal; executionId: string },
): Promise<void> {
  const { scope, image } = build;
  const s3Logs = image.infrastructure.settings.logging?.s3Logs;
  if (s3Logs?.s3BucketName === undefined) return;
  const prefix =
    s3Logs.s3KeyPrefix === undefined ? '' : `${s3Logs.s3KeyPrefix.replace(/\/$/, '')}/`;
  const text = log.lines
    .map((line) => `${new Date(line.at).toISOString()} ${line.text}`)
    .join('\n');
  await scope.send(
    new PutObjectCommand({
      Bucket: s3Logs.s3BucketName,
      Key: `${prefix}${image.name}/${image.version}/${image.build}/${options.executionId}/console.log`,
      Body: new TextEncoder().encode(`${text}\n`),
    }),
    { as: options.session },
  );
}
