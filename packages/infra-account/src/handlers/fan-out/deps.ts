import { makeBuildLogs } from '@golden/shared/aws/build-logs.ts';
import type { BuildLogs } from '@golden/shared/aws/build-logs.ts';
import { makeExecutions, sfnClientIn } from '@golden/shared/aws/executions.ts';
import type { Executions } from '@golden/shared/aws/executions.ts';
import { logsClientIn } from '@golden/shared/aws/logs-client.ts';
import { makeNotices, snsClientIn } from '@golden/shared/aws/notices.ts';
import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { NoticeDeps } from '@golden/shared/store/settle-notice.ts';
import { makeRolloutStore } from '@golden/shared/store/rollout-store.ts';
import type { RolloutStore } from '@golden/shared/store/rollout-store.ts';
import { makeVersionStore } from '@golden/shared/store/version-store.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends NoticeDeps {
  config: Config;
  buildLogs: BuildLogs;
  rollouts: RolloutStore;
  executions: Executions;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  const region = config.AWS_REGION;
  const table = makeTable(dynamoClientIn(region), config.TABLE_NAME);
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    buildLogs: makeBuildLogs(logsClientIn(region), config.BUILD_LOG_GROUP),
    versions: makeVersionStore(table, config.LINE),
    rollouts: makeRolloutStore(table, config.LINE),
    executions: makeExecutions(sfnClientIn(region)),
    notices: makeNotices(snsClientIn(region), {
      topicArn: config.NOTICES_TOPIC_ARN,
      line: config.LINE,
    }),
  };
};
