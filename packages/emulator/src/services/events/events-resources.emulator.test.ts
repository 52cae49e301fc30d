import { describe, expect, it } from '@jest/globals';
import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import { accountFixture } from '../../../test/account-fixture.ts';
import { account, queueArn, anyOrder } from '../../../test/events-fixture.ts';
import { iam } from '../iam/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { eventBusPolicyResource, eventBusResource } from './bus-resources.ts';
import { events } from './operations.ts';
import { ruleResource } from './rule-resource.ts';

describe('CloudFormation', () => {
  it('makes a rule with targets, changes both in place and deletes them', async () => {
    const { client, deployment } = accountFixture([iam, events, sqs]);
    const bridge = client(EventBridgeClient);
    const properties = {
      EventPattern: { source: ['shop'] },
      Targets: [
        { Id: 'a', Arn: queueArn('a'), RetryPolicy: { MaximumRetryAttempts: '3' } },
        { Id: 'b', Arn: queueArn('b') },
      ],
    };
    const { physicalId, attributes } = await ruleResource.create(properties, deployment('Rule'));
    expect(physicalId).toMatch(/^demo-Rule-[A-Z2-7]{12}$/);
    expect(attributes['Arn']).toBe(`arn:aws:events:eu-west-1:${account}:rule/${physicalId}`);
    const targets = async () =>
      (await bridge.send(new ListTargetsByRuleCommand({ Rule: physicalId }))).Targets;
    expect(await targets()).toEqual([
      { Id: 'a', Arn: queueArn('a'), RetryPolicy: { MaximumRetryAttempts: 3 } },
      { Id: 'b', Arn: queueArn('b') },
    ]);
    await ruleResource.update?.(
      { ...properties, State: 'DISABLED', Targets: [{ Id: 'b', Arn: queueArn('c') }] },
      deployment('Rule'),
      { physicalId, previous: properties },
    );
    expect(await targets()).toEqual([{ Id: 'b', Arn: queueArn('c') }]);
    const rule = await bridge.send(new DescribeRuleCommand({ Name: physicalId }));
    expect(rule.State).toBe('DISABLED');
    await ruleResource.delete(physicalId, deployment('Rule'), { properties });
    await ruleResource.delete(physicalId, deployment('Rule'), { properties });
    await expect(bridge.send(new DescribeRuleCommand({ Name: physicalId }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    await bridge.send(new PutRuleCommand({ Name: 'taken', ...anyOrder }));
    await expect(
      ruleResource.create({ ...properties, Name: 'taken' }, deployment('Rule')),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
  });

  it('makes a bus and the statements of its policy', async () => {
    const { client, deployment } = accountFixture([iam, events, sqs]);
    const bridge = client(EventBridgeClient);
    const bus = await eventBusResource.create({ Name: 'shared' }, deployment('Bus'));
    expect(bus).toEqual({
      physicalId: 'shared',
      attributes: { Arn: `arn:aws:events:eu-west-1:${account}:event-bus/shared`, Name: 'shared' },
    });
    const statement = (StatementId: string) => ({
      EventBusName: 'shared',
      StatementId,
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: bus.attributes['Arn'],
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      },
    });
    const policy = async () =>
      (await bridge.send(new DescribeEventBusCommand({ Name: 'shared' }))).Policy;
    const { physicalId } = await eventBusPolicyResource.create(statement('a'), deployment('A'));
    await eventBusPolicyResource.create(statement('b'), deployment('B'));
    await eventBusPolicyResource.update?.(statement('b'), deployment('B'), {
      physicalId: 'shared|b',
      previous: statement('b'),
    });
    expect(JSON.parse((await policy()) ?? '')).toMatchObject({
      Statement: [{ Sid: 'a' }, { Sid: 'b' }],
    });
    await eventBusPolicyResource.delete(physicalId, deployment('A'), {
      properties: statement('a'),
    });
    expect(JSON.parse((await policy()) ?? '')).toMatchObject({ Statement: [{ Sid: 'b' }] });
    await eventBusPolicyResource.delete('shared|b', deployment('B'), {
      properties: statement('b'),
    });
    expect(await policy()).toBeUndefined();
  });
});
