import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { WorldSettings } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { customerTemplate, type GroupShape } from '@golden/stage/customer-template.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import { deployProbe, probe } from './probe.ts';
import { workloadTemplateText } from './template-layer.ts';

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
    const alarms = stage.infra.client(CloudWatchClient, place);
    const { MetricAlarms } = await alarms.send(new DescribeAlarmsCommand({}));
    await alarms.send(
      new SetAlarmStateCommand({
        AlarmName: MetricAlarms?.[0]?.AlarmName,
        StateValue: 'ALARM',
        StateReason: 'by hand',
      }),
    );
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
async function openKey({ infra }: FleetStage): Promise<{ id: string; arn: string }> {
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

const letIn = (answers: Readonly<Record<string, string>>): string[] =>
  Object.entries(answers)
    .filter(([, answer]) => !/AccessDenied|UnauthorizedOperation/.test(answer))
    .map(([what, answer]) => `${what}: ${answer}`);

const invokerOf = (stage: FleetStage, { account }: Place): string =>
  `arn:aws:iam::${account.id}:role/golden-${stage.infra.line}-invoker`;

const assume = (RoleArn: string) => ({
  package: 'sts',
  client: 'STSClient',
  command: 'AssumeRoleCommand',
  input: { RoleArn, RoleSessionName: 'probe' },
});

export const refusesOtherRoles: FleetScenario = {
  name: 'another role of the infra account asks',
  on: 'fleet',
  run: async (stage) => {
    const place = stage.place('infra');
    await deployProbe(stage, place);
    const call = assume(invokerOf(stage, stage.place('workload-1')));
    return letIn({ 'sts:AssumeRole': await probe(stage, place, call) });
  },
};

/** The stack names a role in an account that does not belong to the organization. */
export const refusesOutsiders: FleetScenario = {
  name: 'the named role asks from outside of the organization',
  on: 'fleet',
  run: async (stage, infraText) => {
    const outside = { account: stage.infra.stranger, region: stage.infra.home };
    const { roleArn } = await deployProbe(stage, outside);
    const apart = stage.place('infra');
    await stage.deployStack(apart, {
      name: 'workload',
      template: workloadTemplateText(infraText),
      parameters: {
        EnvironmentName: stage.infra.line,
        HomeRegion: apart.region,
        InfraAccount: outside.account.id,
        AWSOrgID: stage.infra.organization.id,
        ReachAccountRoleArn: roleArn,
      },
    });
    const call = assume(invokerOf(stage, apart));
    return letIn({ 'sts:AssumeRole': await probe(stage, outside, call) });
  },
};

/** Somebody outside of the organization has a role of the name that reach-account assumes. */
export const asksOutside: FleetScenario = {
  name: 'reach-account is asked for an account outside of the organization',
  on: 'fleet',
  run: async (stage) => {
    const outside = { account: stage.infra.stranger, region: stage.infra.home };
    await stage.deployStack(outside, {
      name: 'trap',
      parameters: {},
      template: JSON.stringify({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: `golden-${stage.infra.line}-invoker`,
              AssumeRolePolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: { AWS: `arn:aws:iam::${stage.infra.infra.id}:root` },
                    Action: 'sts:AssumeRole',
                  },
                ],
              },
            },
          },
        },
      }),
    });
    const answer = await stage.ask(outside, { schema: 1, action: 'survey' });
    const reason = answer.outcome === 'unreachable' ? answer.reason : answer.outcome;
    return reason === 'role-denied' ? [] : [`sts:AssumeRole: ${reason}`];
  },
};

/** A customer one of whose groups follows no line. */
function halfEnrolled(): string {
  const template = JSON.parse(customerTemplate(['SingleGroup', 'NumberedGroup'])) as {
    Resources: Record<string, { Properties: { Tags?: unknown } }>;
  };
  delete template.Resources['NumberedGroup']?.Properties.Tags;
  return JSON.stringify(template);
}

const scaling = (command: string, input: object) => ({
  package: 'auto-scaling',
  client: 'AutoScalingClient',
  command: `${command}Command`,
  input,
});

/** Other code runs with the handler's role: it cannot do more with it. */
export const misusesHandlerRole: FleetScenario = {
  name: "other code has the handler's role",
  on: 'fleet',
  run: async (stage) => {
    const place = stage.place('workload-1');
    await stage.deployCustomer(place, { template: halfEnrolled() });
    const { Role: roleArn = '' } = await stage.infra.client(LambdaClient, place).send(
      new GetFunctionConfigurationCommand({
        FunctionName: `golden-${stage.infra.line}-handler`,
      }),
    );
    await deployProbe(stage, place, roleArn);
    const [ours, other] = [
      await stage.groupName(place, 'SingleGroup'),
      await stage.groupName(place, 'NumberedGroup'),
    ];
    const { arn: KeyId } = await openKey(stage);
    const instance = await firstInstance(stage, place);
    const tag = (ResourceId: string, Key: string) =>
      scaling('CreateOrUpdateTags', {
        Tags: [
          {
            ResourceId,
            ResourceType: 'auto-scaling-group',
            Key,
            Value: 'x',
            PropagateAtLaunch: false,
          },
        ],
      });
    const ec2 = (command: string, input: object) => ({
      package: 'ec2',
      client: 'EC2Client',
      command: `${command}Command`,
      input,
    });
    const grant = (GranteePrincipal: string, Operations: readonly string[]) => ({
      package: 'kms',
      client: 'KMSClient',
      command: 'CreateGrantCommand',
      input: { KeyId, GranteePrincipal, Operations },
    });
    const autoScalingRole = `arn:aws:iam::${place.account.id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
    const calls = {
      'a refresh of a group that is not enrolled': scaling('StartInstanceRefresh', {
        AutoScalingGroupName: other,
      }),
      'a tag that enrols': tag(ours, 'golden:line'),
      'a tag on a group that is not enrolled': tag(other, 'golden:rollout'),
      'a launch without a template': ec2('RunInstances', {
        ImageId: instance.ImageId,
        InstanceType: 't3.micro',
        SubnetId: instance.SubnetId,
        MinCount: 1,
        MaxCount: 1,
      }),
      'a tag on an instance': ec2('CreateTags', {
        Resources: [instance.InstanceId],
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
      'a grant to somebody else': grant(roleArn, ['Decrypt']),
      'a grant of more than a launch needs': grant(autoScalingRole, ['Decrypt', 'RetireGrant']),
    };
    const answers: Record<string, string> = {};
    for (const [what, call] of Object.entries(calls))
      answers[what] = await probe(stage, place, call);
    return letIn(answers);
  },
};

const firstInstance = async (stage: FleetStage, place: Place): Promise<Instance> => {
  const { Reservations: [first] = [] } = await stage.infra
    .client(EC2Client, place)
    .send(new DescribeInstancesCommand({}));
  return first?.Instances?.[0] ?? {};
};
