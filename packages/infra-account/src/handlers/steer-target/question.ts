import { parseImageBuildArn } from '@golden/shared/model/image-builder-arn.ts';
import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { GoldenError } from '@golden/shared/model/golden-error.ts';
import { workloadSchemaVersion } from '@golden/shared/payload/workload-request.ts';
import type { WorkloadRequest, WorkloadSchema } from '@golden/shared/payload/workload-request.ts';
import type { Action } from './decide/situation.ts';

/** What `reach-account` is asked. */
export interface Question {
  account: string;
  region: string;
  request: WorkloadRequest;
  /** ISO 8601 UTC: a question that moves groups is put by then, or decided anew. */
  notAfter?: string;
}

/** @throws GoldenError `value-invalid` for a target in a Region that the image is not in: the list has none */
export const questionFor = (
  { record, rollout, action }: { record: TargetRecord; rollout: RolloutRecord; action: Action },
  keys: { partition: string; kmsKeyId: string | undefined },
): Question => {
  const { account, region } = record;
  const ami = rollout.amis[region];
  if (ami === undefined)
    throw new GoldenError({
      code: 'value-invalid',
      message: `${rollout.imageArn} has no AMI in ${region}, where ${account} is to be asked`,
    });
  const owner = parseImageBuildArn(rollout.imageArn)?.accountId ?? '';
  const about = {
    schema: schemaOf(record),
    line: rollout.line,
    image: {
      ami,
      region,
      version: rollout.version,
      ...(keys.kmsKeyId !== undefined && {
        kmsKeyArn: `arn:${keys.partition}:kms:${region}:${owner}:key/${keys.kmsKeyId}`,
      }),
    },
  };
  const { rolloutId } = rollout;
  switch (action) {
    case 'survey':
      return { account, region, request: { ...about, action } };
    case 'refresh':
    case 'status':
      return { account, region, request: { ...about, rolloutId, action } };
    case 'rollback':
      return { account, region, request: { ...about, rolloutId, action, reason: 'timeout' } };
    default:
      return action satisfies never;
  }
};

const schemaOf = ({ schema }: TargetRecord): WorkloadSchema =>
  schema === 1 ? 1 : workloadSchemaVersion;
