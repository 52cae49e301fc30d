import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { shapeOf, type FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { workloadPrefix } from './sites.ts';

/** A short run in which a target is asked; it answers what became of it. */
export interface FleetScenario {
  readonly name: string;
  /** Parameters of the infra stack besides the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly run: (stage: FleetStage) => Promise<unknown>;
}

/** One group on `$Latest`, which has to be pinned, of a target whose first ECS errors were collected. */
async function withCustomer(stage: FleetStage): Promise<Place> {
  const place = stage.place('workload-1');
  await stage.deployCustomer(place, { shapes: ['LatestGroup'] });
  return place;
}

/** Answers without ids, which say nothing. */
async function ask(stage: FleetStage, place: Place, request: object): Promise<readonly unknown[]> {
  const answer = await stage.ask(place, request);
  if (answer.outcome !== 'answered') return [answer.reason];
  const { response } = answer;
  if (response.outcome !== 'answered') return [response.block.reason];
  return [
    ...response.groups.map(({ group, state, reason, block }) => [
      shapeOf(group),
      state,
      reason ?? block?.reason,
    ]),
    ...response.warnings.map(({ reason }) => reason),
  ];
}

const survey = (stage: FleetStage, place: Place, version: VersionRecord) =>
  ask(stage, place, stage.request(place, version, { action: 'survey' }));

async function roll(stage: FleetStage, place: Place, version: VersionRecord): Promise<unknown> {
  const reports = await stage.roll(place, version, `r-${version.n}`);
  return reports.map(({ group, state, reason, registration }) => [
    shapeOf(group),
    state,
    reason,
    registration,
  ]);
}

const moves: FleetScenario = {
  name: 'a target moves to a good image',
  run: async (stage) => {
    const place = await withCustomer(stage);
    const good = await stage.build('harden.sh');
    return [await survey(stage, place, good), await roll(stage, place, good)];
  },
};

/** Without the policy of the account: the log group carries one of its own. */
const collectsByGroupPolicy: FleetScenario = {
  name: 'ECS errors are collected by the policy of the log group',
  parameters: { LogsPolicy: 'group' },
  run: async (stage) => {
    const place = await withCustomer(stage);
    return survey(stage, place, await stage.build('harden.sh'));
  },
};

const goesBackLate: FleetScenario = {
  name: 'the alarm fires after a refresh',
  run: async (stage) => {
    const place = await withCustomer(stage);
    await roll(stage, place, await stage.build('harden.sh'));
    const alarms = stage.infra.client(CloudWatchClient, place);
    const { MetricAlarms } = await alarms.send(new DescribeAlarmsCommand({}));
    await alarms.send(
      new SetAlarmStateCommand({
        AlarmName: MetricAlarms?.[0]?.AlarmName,
        StateValue: 'ALARM',
        StateReason: 'by hand',
      }),
    );
    await stage.world.scheduler.runFor(hour);
    return [...(await stage.groups(place)).values()].map(({ running }) => running);
  },
};

/** The key lets the accounts of the organization use it; whether the handler may ask for the grant is its own policy's matter. */
const launchesEncrypted: FleetScenario = {
  name: 'the image is encrypted',
  run: async (stage) => {
    const { infra } = stage;
    const KeyId = await infra.multiRegionKey();
    const own = { AWS: `arn:aws:iam::${infra.infra.id}:root` };
    await infra.client(KMSClient).send(
      new PutKeyPolicyCommand({
        KeyId,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: own, Action: 'kms:*', Resource: '*' },
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
    await stage.deploy({ AmiKmsKeyId: KeyId });
    const place = await withCustomer(stage);
    const version = await stage.build('harden.sh');
    const kmsKeyArn = `arn:aws:kms:${place.region}:${infra.infra.id}:key/${KeyId}`;
    return ask(stage, place, {
      schema: 1,
      action: 'survey',
      line: infra.line,
      image: {
        ami: version.amis?.[place.region],
        region: place.region,
        version: version.version,
        kmsKeyArn,
      },
    });
  },
};

const special: readonly (readonly [prefix: string, scenario: FleetScenario])[] = [
  ['ReachAccount', moves],
  [`${workloadPrefix}EcsErrorsLog/ResourcePolicyDocument`, collectsByGroupPolicy],
  [`${workloadPrefix}LateRollbackPermission`, goesBackLate],
  [
    `${workloadPrefix}WorkloadHandlerExecutionRole/Policies/GrantKeysToAutoScaling`,
    launchesEncrypted,
  ],
  [workloadPrefix, moves],
];

/** The scenario for a statement that only a target shows; undefined for all others. */
export const fleetScenarioFor = (siteId: string): FleetScenario | undefined =>
  special.find(([prefix]) => siteId.startsWith(prefix))?.[1];
