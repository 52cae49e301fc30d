import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';

const minute = 60_000;
const workloadTemplate = readFileSync(
  new URL('../../../dist/templates/workload-account.template.json', import.meta.url),
  'utf8',
);
const unit = (...names: readonly string[]) => [
  { name: 'workloads', accounts: ['workload-1', ...names].map((name) => ({ name })) },
];

/** Stacks that are there, by name without what is random. */
const stacksIn = async (stage: FleetStage, place: Place): Promise<string[]> => {
  const found: string[] = [];
  const client = stage.infra.client(CloudFormationClient, place);
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, {}))
    for (const { StackName = '', StackStatus = '' } of StackSummaries)
      if (StackStatus !== 'DELETE_COMPLETE')
        found.push(`${StackName.replace(/-[0-9a-f-]{36}$/, '')} ${StackStatus}`);
  return found;
};

/** `<account> <Region> <status>` of all stack instances. */
const instancesOf = async (stage: FleetStage): Promise<string[]> => {
  const { organization, management, infra } = stage.infra;
  const names = new Map([...organization.accounts].map(([name, { id }]) => [id, name]));
  names.set(management.id, 'management').set(infra.id, 'infra');
  return (await stage.stackInstances())
    .map(
      ({ Account = '', Region = '', StackInstanceStatus }) =>
        `${names.get(Account) ?? 'a newcomer'} ${Region} ${StackInstanceStatus?.DetailedStatus ?? ''}`,
    )
    .sort();
};

/** What a survey about no image that exists comes to: anything but an answer means that nobody is there. */
const surveyOf = async (stage: FleetStage, place: Place): Promise<string> => {
  const answer = await stage.ask(place, {
    schema: 2,
    line: 'golden',
    image: { ami: 'ami-00000000000000000', region: place.region, version: '1.0.1' },
    action: 'survey',
  });
  if (answer.outcome === 'unreachable') return answer.reason;
  return answer.response.outcome === 'refused' ? answer.response.block.reason : 'answered';
};

it('lies in two Regions of one account without a collision, the invoker role in the home Region only', async () => {
  const stage = await FleetStage.open({ otherRegions: ['eu-central-1'], units: unit() });
  await stage.deploy();
  expect(await instancesOf(stage)).toEqual([
    'workload-1 eu-central-1 SUCCEEDED',
    'workload-1 eu-west-1 SUCCEEDED',
  ]);
  const rolesOf = async (place: Place): Promise<number> => {
    const instance = (await stage.stackInstances()).find(({ Region }) => Region === place.region);
    const { StackResources = [] } = await stage.infra
      .client(CloudFormationClient, place)
      .send(new DescribeStackResourcesCommand({ StackName: instance?.StackId }));
    return StackResources.filter(
      ({ PhysicalResourceId }) => PhysicalResourceId === 'golden-golden-invoker',
    ).length;
  };
  for (const [region, roles] of [
    ['eu-west-1', 1],
    ['eu-central-1', 0],
  ] as const) {
    const place = stage.place('workload-1', region);
    expect(await rolesOf(place)).toBe(roles);
    expect(await surveyOf(stage, place)).toBe('image-not-visible');
  }
});

describe('a parameter that makes no sense', () => {
  it.each([
    ['InfraAccount', '12345678901', /InfraAccount.*Twelve digits/],
    ['EcsErrorThreshold', '0', /EcsErrorThreshold/],
    ['LogsPolicy', 'sometimes', /LogsPolicy.*account, group or none/],
    ['BakeSeconds', '172801', /BakeSeconds/],
    ['SampleLaunchTemplate', 'web', /SampleLaunchTemplate.*the id of a launch template/],
    ['ReachAccountRoleArn', 'reach-account', /ReachAccountRoleArn.*The ARN of a role/],
  ])('%s=%s is refused before anything is made', async (name, value, reason) => {
    const stage = await FleetStage.open({ otherRegions: [], units: unit() });
    const place = stage.place('workload-1');
    const parameters = {
      HomeRegion: 'eu-west-1',
      InfraAccount: stage.infra.infra.id,
      AWSOrgID: stage.infra.organization.id,
      ReachAccountRoleArn: `arn:aws:iam::${stage.infra.infra.id}:role/reach`,
      [name]: value,
    };
    await expect(
      stage.deployStack(place, { name: 'golden', template: workloadTemplate, parameters }),
    ).rejects.toThrow(reason);
    expect(await stacksIn(stage, place)).toEqual([]);
  });

  it('of the fleet leaves the infra stack and every account as they are', async () => {
    const stage = await FleetStage.open({ otherRegions: [], units: unit() });
    await stage.deploy();
    const before = await instancesOf(stage);
    await expect(stage.deploy({ EcsErrorThreshold: '1001' })).rejects.toThrow(/EcsErrorThreshold/);
    expect((await stage.infra.stack())?.StackStatus).toBe('CREATE_COMPLETE');
    expect(await instancesOf(stage)).toEqual(before);
  });
});

describe('an account that cannot take the stack', () => {
  it('because it has such a role already fails with the reason, and no other does', async () => {
    const stage = await FleetStage.open({ otherRegions: [], units: unit('taken') });
    await stage.deployStack(stage.place('taken'), {
      name: 'own',
      parameters: {},
      template: JSON.stringify({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'golden-golden-invoker',
              AssumeRolePolicyDocument: {
                Version: '2012-10-17',
                Statement: {
                  Effect: 'Allow',
                  Principal: { Service: 'ec2.amazonaws.com' },
                  Action: 'sts:AssumeRole',
                },
              },
            },
          },
        },
      }),
    });
    await stage.deploy();
    expect((await stage.infra.stack())?.StackStatus).toBe('CREATE_COMPLETE');
    expect(await instancesOf(stage)).toEqual([
      'taken eu-west-1 FAILED',
      'workload-1 eu-west-1 SUCCEEDED',
    ]);
    const failed = (await stage.stackInstances()).find(({ Status }) => Status !== 'CURRENT');
    expect(failed?.StatusReason).toMatch(/golden-golden-invoker.*already exists/);
    // Its own role stays its own, and nobody gets in by it.
    expect(await surveyOf(stage, stage.place('taken'))).toBe('role-denied');
    expect(await surveyOf(stage, stage.place('workload-1'))).toBe('image-not-visible');
  });

  it('because it is suspended is skipped, and the management account is none of the targets', async () => {
    const stage = await FleetStage.open({ otherRegions: [], units: unit('suspended') });
    await stage.close('suspended');
    await stage.deploy({ WorkloadOrganizationalUnitIds: stage.infra.organization.rootId });
    expect(await instancesOf(stage)).toEqual([
      'infra eu-west-1 SUCCEEDED',
      'suspended eu-west-1 SKIPPED_SUSPENDED_ACCOUNT',
      'workload-1 eu-west-1 SUCCEEDED',
    ]);
    const management = { account: stage.infra.management, region: stage.infra.home };
    expect(await stacksIn(stage, management)).toEqual([]);
  });
});

it('comes with an account that joins the unit, and goes with one that leaves', async () => {
  const stage = await FleetStage.open({ otherRegions: [], units: unit() });
  await stage.deploy();
  const joined = await stage.join('newcomer', 'workloads');
  expect(await surveyOf(stage, joined)).toBe('role-denied');
  await stage.world.scheduler.runFor(30 * minute);
  expect(await surveyOf(stage, joined)).toBe('image-not-visible');

  await stage.leaveUnit(joined, 'workloads');
  await stage.world.scheduler.runFor(30 * minute);
  expect(await surveyOf(stage, joined)).toBe('role-denied');
  expect(await stacksIn(stage, joined)).toEqual([]);
  expect(await instancesOf(stage)).toEqual(['workload-1 eu-west-1 SUCCEEDED']);
});

describe('the infra stack', () => {
  it('hands every parameter of the fleet to every account when all of them change at once', async () => {
    const stage = await FleetStage.open({ otherRegions: [], units: unit('workload-2') });
    await stage.deploy();
    await stage.deploy({
      BakeSeconds: '60',
      LateRollbackWindowHours: '2',
      EcsErrorThreshold: '9',
      LogsPolicy: 'group',
      ManageKmsGrants: 'false',
      AllowUnreleasedTemplateChange: 'true',
      InstanceRolePattern: 'web-*',
      LogRetentionDays: '30',
    });
    expect((await stage.infra.stack())?.StackStatus).toBe('UPDATE_COMPLETE');
    for (const name of ['workload-1', 'workload-2']) {
      const place = stage.place(name);
      const { Environment } = await stage.infra
        .client(LambdaClient, place)
        .send(new GetFunctionConfigurationCommand({ FunctionName: 'golden-golden-handler' }));
      expect(Environment?.Variables).toMatchObject({
        BAKE_SECONDS: '60',
        LATE_ROLLBACK_WINDOW_HOURS: '2',
        MANAGE_KMS_GRANTS: 'false',
        ALLOW_UNRELEASED: 'true',
      });
      const client = stage.infra.client(CloudWatchClient, place);
      const thresholds: unknown[] = [];
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {}))
        thresholds.push(...MetricAlarms.map(({ Threshold }) => Threshold));
      expect(thresholds).toEqual([9]);
      expect(await surveyOf(stage, place)).toBe('image-not-visible');
    }
  });

  it('takes every stack and the StackSet along when it is deleted', async () => {
    const stage = await FleetStage.open({ otherRegions: ['eu-central-1'], units: unit('other') });
    await stage.deploy();
    const places = ['workload-1', 'other'].flatMap((name) =>
      ['eu-west-1', 'eu-central-1'].map((region) => stage.place(name, region)),
    );
    for (const place of places)
      expect(await stacksIn(stage, place)).toEqual([
        'StackSet-golden-golden-workload CREATE_COMPLETE',
      ]);
    expect((await stage.infra.delete()).StackStatus).toBe('DELETE_COMPLETE');
    for (const place of places) expect(await stacksIn(stage, place)).toEqual([]);
    await expect(stage.stackInstances()).rejects.toMatchObject({
      name: 'StackSetNotFoundException',
    });
  });
});
