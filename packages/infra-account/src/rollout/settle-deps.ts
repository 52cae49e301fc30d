import { makeNotices, snsClientIn } from '@golden/shared/aws/notices.ts';
import { makeStableParameter, ssmClientIn } from '@golden/shared/aws/stable-parameter.ts';
import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { makeVersionStore } from '@golden/shared/store/version-store.ts';
import { liveRolloutDeps } from './rollout-deps.ts';
import type { SettleDeps } from './settle-rollout.ts';

/** What the functions that end a rollout have in common. */
export const liveSettleDeps = (config: {
  AWS_REGION: string;
  LINE: ImageLine;
  TABLE_NAME: string;
  NOTICES_TOPIC_ARN: string;
  STABLE_PARAMETER: string;
}): SettleDeps => {
  const { AWS_REGION: region, LINE: line } = config;
  return {
    ...liveRolloutDeps(config),
    versions: makeVersionStore(makeTable(dynamoClientIn(region), config.TABLE_NAME), line),
    stable: makeStableParameter(ssmClientIn(region), config.STABLE_PARAMETER),
    notices: makeNotices(snsClientIn(region), { topicArn: config.NOTICES_TOPIC_ARN, line }),
  };
};
