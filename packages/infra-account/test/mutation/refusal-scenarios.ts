import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  lateRollbackDetailType,
  lineEventSource,
} from '@golden/shared/payload/late-rollback-event.ts';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import { openKey, type FleetScenario } from './fleet-scenarios.ts';
import { deployProbe, probe } from './probe.ts';
import { workloadTemplateText } from '../../tools/templates/template-layer.ts';

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

/** One event, put by a function that may do everything in its account. */
const put = (entry: object) => ({
  package: 'eventbridge',
  client: 'EventBridgeClient',
  command: 'PutEventsCommand',
  input: { Entries: [entry] },
});

/** Others say something on the infra bus, and those who may say something else. */
export const refusesOtherEvents: FleetScenario = {
  name: 'other events are put on the infra bus',
  on: 'fleet',
  run: async (stage) => {
    const member = stage.place('workload-1');
    const outside = { account: stage.infra.stranger, region: stage.infra.home };
    for (const place of [member, outside]) await deployProbe(stage, place);
    const entry = {
      EventBusName: stage.infra.outputs['InfraBusArn'],
      Source: lineEventSource(stage.infra.line),
      DetailType: lateRollbackDetailType,
      Detail: '{}',
    };
    const ours = await probe(stage, member, put(entry));
    if (ours !== 'admitted') throw new Error(`the bus does not take what it is for: ${ours}`);
    return letIn({
      'from outside of the organization': await probe(stage, outside, put(entry)),
      'of another source': await probe(stage, member, put({ ...entry, Source: 'somebody' })),
      'of another kind': await probe(stage, member, put({ ...entry, DetailType: 'Something' })),
    });
  },
};

const queues = [
  'PayloadQueue',
  'TriggerFailuresQueue',
  'FanOutFailuresQueue',
  'RevokeImageFailuresQueue',
];

/** Another rule and another topic send to the queues of the stack. */
export const refusesOtherSenders: FleetScenario = {
  name: 'other rules and topics send to the queues',
  on: 'fleet',
  run: async (stage) => {
    const { infra, world } = stage;
    const arnOf = (queue: string): string => {
      const name = infra.outputs[`${queue}Url`]?.split('/').at(-1) ?? '';
      return `arn:aws:sqs:${infra.home}:${infra.infra.id}:${name}`;
    };
    const delivered: string[] = [];
    world.journal.onEntry(({ name, detail }) => {
      const isOurs = String(detail['rule'] ?? detail['topic']).endsWith('by-hand');
      if (isOurs && /^(event|notification)-delivered$/.test(name))
        delivered.push(`${name}: ${String(detail['target'] ?? detail['endpoint'])}`);
    });
    await stage.deployStack(stage.place('infra'), {
      name: 'by-hand',
      parameters: {},
      template: JSON.stringify({ Resources: otherSenders(queues.map(arnOf)) }),
    });
    await infra.client(SNSClient).send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:${infra.home}:${infra.infra.id}:by-hand`,
        Message: 'by hand',
      }),
    );
    await world.scheduler.runFor(2 * 60_000);
    return delivered;
  },
};

const isFifo = (arn: string): boolean => arn.endsWith('.fifo');

const otherSenders = (queueArns: readonly string[]) => ({
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'by-hand',
      ScheduleExpression: 'rate(1 minute)',
      Targets: queueArns.map((Arn, index) => ({
        Id: String(index),
        Arn,
        ...(isFifo(Arn) && { SqsParameters: { MessageGroupId: 'by-hand' } }),
      })),
    },
  },
  Topic: {
    Type: 'AWS::SNS::Topic',
    Properties: {
      TopicName: 'by-hand',
      // Only a FIFO topic sends to a FIFO queue.
      Subscription: queueArns
        .filter((arn) => !isFifo(arn))
        .map((Endpoint) => ({ Protocol: 'sqs', Endpoint })),
    },
  },
});

/** A role of the infra account that may do nothing itself uses the key of the topics. */
export const refusesOtherKeyUsers: FleetScenario = {
  name: 'another role uses the key of the topics',
  on: 'fleet',
  run: async (stage) => {
    const place = stage.place('infra');
    await deployProbe(stage, place, { may: 'nothing' });
    const call = {
      package: 'kms',
      client: 'KMSClient',
      command: 'GenerateDataKeyCommand',
      input: { KeyId: await stage.infra.physicalId('TopicsKey'), KeySpec: 'AES_256' },
    };
    return letIn({ 'kms:GenerateDataKey': await probe(stage, place, call) });
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
    await deployProbe(stage, place, { roleArn });
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
