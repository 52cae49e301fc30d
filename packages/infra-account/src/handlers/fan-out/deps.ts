import { makeBuildLogs } from '@golden/shared/aws/build-logs.ts';
import type { BuildLogs } from '@golden/shared/aws/build-logs.ts';
import { logsClientIn } from '@golden/shared/aws/logs-client.ts';
import { makeNotices, snsClientIn } from '@golden/shared/aws/notices.ts';
import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { NoticeDeps } from '@golden/shared/store/settle-notice.ts';
import { makeVersionStore } from '@golden/shared/store/version-store.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends NoticeDeps {
  config: Config;
  buildLogs: BuildLogs;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  const region = config.AWS_REGION;
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    buildLogs: makeBuildLogs(logsClientIn(region), config.BUILD_LOG_GROUP),
    versions: makeVersionStore(makeTable(dynamoClientIn(region), config.TABLE_NAME), config.LINE),
    notices: makeNotices(snsClientIn(region), {
      topicArn: config.NOTICES_TOPIC_ARN,
      line: config.LINE,
    }),
  };
};
