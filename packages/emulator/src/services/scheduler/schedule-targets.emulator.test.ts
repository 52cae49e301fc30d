import { describe, expect, it } from '@jest/globals';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import {
  account,
  roleArn,
  queueArn,
  queueUrl,
  minute,
  trust,
  allow,
  aWorld,
} from '../../../test/schedule-fixture.ts';

describe('targets', () => {
  it('that are event buses get an event of the given source', async () => {
    const { create, pass, received, accountClient, queues } = await aWorld();
    const bridge = accountClient(EventBridgeClient);
    await queues.send(
      new CreateQueueCommand({
        QueueName: 'routed',
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: queueArn('routed'),
            },
          }),
        },
      }),
    );
    await bridge.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["clock"]}' }));
    await bridge.send(
      new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'q', Arn: queueArn('routed') }] }),
    );
    await create(
      {},
      {
        Arn: `arn:aws:events:eu-west-1:${account}:event-bus/default`,
        EventBridgeParameters: { Source: 'clock', DetailType: 'Tick' },
        Input: '{"n":1}',
      },
    );
    await pass(2 * minute);
    const [message] = await received('routed');
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      source: 'clock',
      'detail-type': 'Tick',
      detail: { n: 1 },
    });
  });

  it('that are missing or closed go to the dead-letter queue at once, with the reason', async () => {
    const { create, pass, received, queues, roles, spread, world } = await aWorld();
    const DeadLetterConfig = { Arn: queueArn('dead') };
    const ScheduleArn = await create(
      { ScheduleExpression: 'at(2026-11-21T09:00:00)' },
      { DeadLetterConfig, Input: 'x' },
    );
    await queues.send(new DeleteQueueCommand({ QueueUrl: queueUrl('q') }));
    await pass(70 * minute);
    const [message] = await received('dead');
    expect(message).toMatchObject({
      Body: 'x',
      MessageAttributes: {
        ERROR_CODE: { StringValue: 'NO_RESOURCE' },
        RETRY_ATTEMPTS: { StringValue: '0' },
        SCHEDULED_TIME: { StringValue: '2026-11-21T09:00:00Z' },
        SCHEDULE_ARN: { StringValue: ScheduleArn },
        TARGET_ARN: { StringValue: queueArn('q') },
        IS_PAYLOAD_TRUNCATED: { StringValue: 'false' },
      },
    });
    await create(
      { Name: 'b', ScheduleExpression: 'at(2026-11-21T10:00:00)' },
      { DeadLetterConfig },
    );
    await roles.send(new DeleteRolePolicyCommand({ RoleName: 'run', PolicyName: 'p' }));
    await spread();
    await pass(60 * minute);
    const names = world.journal.entries.filter(
      ({ kind, service }) => kind === 'event' && service === 'scheduler',
    );
    expect(names.map(({ name, detail }) => [name, detail['code']]).slice(-2)).toEqual([
      ['schedule-failed', 'NO_PERMISSIONS'],
      ['dead-letter-failed', 'AccessDenied'],
    ]);
  });
});

describe('roles', () => {
  it('may be limited to the schedule group as the source', async () => {
    const { roles, create, spread, client } = await aWorld();
    const condition = (group: string) => ({
      Condition: {
        ArnEquals: {
          'aws:SourceArn': `arn:aws:scheduler:eu-west-1:${account}:schedule-group/${group}`,
        },
        StringEquals: { 'aws:SourceAccount': account },
      },
    });
    await roles.send(
      new CreateRoleCommand({
        RoleName: 'only-g',
        AssumeRolePolicyDocument: trust(condition('g')),
      }),
    );
    await spread();
    await client.send(new CreateScheduleGroupCommand({ Name: 'g' }));
    const target = { RoleArn: `arn:aws:iam::${account}:role/only-g` };
    await expect(create({}, target)).rejects.toBeInstanceOf(ValidationException);
    await create({ GroupName: 'g' }, target);
  });

  it('must be passed by whoever makes a schedule', async () => {
    const { roles, spread, accountClient } = await aWorld();
    await roles.send(new CreateUserCommand({ UserName: 'maker' }));
    const grant = async (...actions: string[]) => {
      await roles.send(
        new PutUserPolicyCommand({
          UserName: 'maker',
          PolicyName: 'p',
          PolicyDocument: allow(...actions),
        }),
      );
      await spread();
    };
    const { AccessKey } = await roles.send(new CreateAccessKeyCommand({ UserName: 'maker' }));
    await grant('scheduler:CreateSchedule');
    const maker = accountClient(SchedulerClient, {
      as: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
        sessionToken: undefined,
      },
    });
    const make = async () =>
      maker.send(
        new CreateScheduleCommand({
          Name: 's',
          ScheduleExpression: 'rate(1 hour)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: queueArn('q'), RoleArn: roleArn },
        }),
      );
    await expect(make()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
    await grant('scheduler:CreateSchedule', 'iam:PassRole');
    await make();
  });
});
