import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ImageBuildArn } from '../model/image-builder-arn.ts';
import { versionText } from '../model/image-version.ts';
import { hasCode } from './error-codes.ts';

/** What the components of a build wrote. */
export interface BuildLogs {
  /** The last lines, oldest first; none when the build never came so far as to write. */
  tail(image: ImageBuildArn): Promise<readonly string[]>;
}

// Enough to hold a command, its error and the names of the steps around it; the whole log stays where it is.
const linesMax = 12;
const lineLengthMax = 300;

/**
 * Reads the log group that the pipeline writes to. Image Builder names a stream after version and build.
 *
 * Source: Image Builder user guide, "Monitor Image Builder logs with Amazon CloudWatch Logs".
 */
export const makeBuildLogs = (client: CloudWatchLogsClient, logGroupName: string): BuildLogs => ({
  tail: async ({ n, build }) => {
    try {
      const { events } = await client.send(
        new GetLogEventsCommand({
          logGroupName,
          logStreamName: `${versionText(n)}/${build}`,
          startFromHead: false,
          limit: linesMax,
        }),
      );
      return (events ?? []).map(({ message }) => (message ?? '').slice(0, lineLengthMax));
    } catch (error) {
      if (hasCode(error, 'ResourceNotFound')) return [];
      throw error;
    }
  },
});
