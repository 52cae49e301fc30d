import { KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import type { WorldSettings } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import type { GroupShape } from '@golden/stage/customer-template.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';

const minute = 60_000;
/** The new instance of a group of one is InService and waits for its warm-up. */
const replaced = 8 * minute;
const baking = 15 * minute;

/**
 * A short run in an organization with a workload account; it starts on a deployed infra stack with its StackSet.
 *
 * @returns what AWS let in and has to keep out
 */
export interface FleetScenario {
  readonly name: string;
  readonly on: 'fleet';
  readonly settings?: Partial<WorldSettings>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly run: (stage: FleetStage, infraText: string) => Promise<readonly string[] | undefined>;
}

const rolloutId = 'r1';

/** Surveys and begins to move one group; the log has had events before, of services without instances. */
async function begin(
  stage: FleetStage,
  shape: GroupShape,
): Promise<{ place: Place; good: VersionRecord }> {
  const place = stage.place('workload-1');
  await stage.deployCustomer(place, { shapes: [shape] });
  const good = await stage.build('harden.sh');
  await stage.ask(place, stage.request(place, good, { action: 'survey' }));
  await stage.ask(place, stage.request(place, good, { action: 'refresh', rolloutId }));
  return { place, good };
}

export const moves: FleetScenario = {
  name: 'a group is moved',
  on: 'fleet',
  run: async (stage) => {
    await begin(stage, 'LatestGroup');
    return undefined;
  },
};

export const asksStatus: FleetScenario = {
  name: 'new instances are looked for in their cluster',
  on: 'fleet',
  run: async (stage) => {
    const { place, good } = await begin(stage, 'SingleGroup');
    await stage.world.scheduler.runFor(replaced);
    await stage.ask(place, stage.request(place, good, { action: 'status', rolloutId }));
    return undefined;
  },
};

const takesBack = async (stage: FleetStage, waitMs: number): Promise<undefined> => {
  const { place, good } = await begin(stage, 'SingleGroup');
  await stage.world.scheduler.runFor(waitMs);
  const action = { action: 'rollback', rolloutId, reason: 'judge' };
  await stage.ask(place, stage.request(place, good, action));
};

export const rollsBack: FleetScenario = {
  name: 'a refresh is taken back',
  on: 'fleet',
  run: (stage) => takesBack(stage, minute),
};

export const cancels: FleetScenario = {
  name: 'a refresh is cancelled that AWS does not take back',
  on: 'fleet',
  settings: { rollbackWhileBaking: 'refused' },
  run: (stage) => takesBack(stage, baking),
};

export const goesBackLate: FleetScenario = {
  name: 'the alarm fires after a refresh',
  on: 'fleet',
  run: async (stage) => {
    const { place, good } = await begin(stage, 'SingleGroup');
    await stage.roll(place, good, rolloutId);
    await raiseAlarm(stage, place);
    await stage.world.scheduler.runFor(5 * minute);
    return undefined;
  },
};

export const deliversByGroupPolicy: FleetScenario = {
  name: 'events are delivered by the policy of the log group',
  on: 'fleet',
  parameters: { LogsPolicy: 'group' },
  run: async (stage) => {
    await stage.deployCustomer(stage.place('workload-1'), { shapes: ['SingleGroup'] });
    return undefined;
  },
};

/** Makes a key that every account of the organization may have grants on; whether one may ask is its own policy's matter. */
export async function openKey({ infra }: FleetStage): Promise<{ id: string; arn: string }> {
  const id = await infra.multiRegionKey();
  await infra.client(KMSClient).send(
    new PutKeyPolicyCommand({
      KeyId: id,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${infra.infra.id}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Effect: 'Allow',
            Principal: '*',
            Action: ['kms:CreateGrant', 'kms:DescribeKey'],
            Resource: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': infra.organization.id } },
          },
        ],
      }),
    }),
  );
  return { id, arn: `arn:aws:kms:${infra.home}:${infra.infra.id}:key/${id}` };
}

export const grants: FleetScenario = {
  name: 'an encrypted image is surveyed',
  on: 'fleet',
  run: async (stage) => {
    const { id, arn: kmsKeyArn } = await openKey(stage);
    await stage.deploy({ AmiKmsKeyId: id });
    const place = stage.place('workload-1');
    await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
    const good = await stage.build('harden.sh');
    const { amis, version } = good;
    await stage.ask(place, {
      ...stage.request(place, good, { action: 'survey' }),
      image: { ami: amis?.[place.region], region: place.region, version, kmsKeyArn },
    });
    return undefined;
  },
};
