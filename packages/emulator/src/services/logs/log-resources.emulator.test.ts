import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchLogsClient,
  DeleteResourcePolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  DescribeResourcePoliciesCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { accountFixture } from '../../../test/account-fixture.ts';
import type { ServiceFixture } from '../../../test/world-fixture.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { cloudwatch } from '../cloudwatch/operations.ts';
import { iam } from '../iam/operations.ts';
import { logs } from './operations.ts';
import { group, withStream, put } from '../../../test/log-fixture.ts';

describe('resource policies', () => {
  const arn = `arn:aws:logs:eu-west-1:111111111111:log-group:${group}`;
  const policy = (service: string, condition: object = {}): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${arn}:*`,
        ...condition,
      },
    });
  const asService = (fixture: ServiceFixture, service = 'events.amazonaws.com') =>
    fixture.world.scope(fixture.account, 'eu-west-1', 'events').send(
      new PutLogEventsCommand({
        logGroupName: group,
        logStreamName: 's',
        logEvents: [{ message: 'event', timestamp: fixture.world.scheduler.now }],
      }),
      {
        as: { kind: 'service', service, sourceArn: 'arn:aws:events:eu-west-1:111111111111:rule/r' },
      },
    );

  it('let a service in, for the account or for one group', async () => {
    const { fixture, client } = await withStream();
    await expect(asService(fixture)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(
      new PutResourcePolicyCommand({
        policyName: 'p',
        policyDocument: policy('events.amazonaws.com', {
          Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/r' } },
        }),
      }),
    );
    await asService(fixture);
    await expect(asService(fixture, 'other.amazonaws.com')).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    await client.send(new DeleteResourcePolicyCommand({ policyName: 'p' }));
    await expect(asService(fixture)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(
      new PutResourcePolicyCommand({
        resourceArn: arn,
        policyDocument: policy('events.amazonaws.com'),
      }),
    );
    await asService(fixture);
  });

  it('are at most ten, and well-formed', async () => {
    const { client } = await withStream();
    for (let index = 0; index < 10; index += 1)
      await client.send(
        new PutResourcePolicyCommand({
          policyName: `p${index}`,
          policyDocument: policy('events.amazonaws.com'),
        }),
      );
    await expect(
      client.send(
        new PutResourcePolicyCommand({
          policyName: 'more',
          policyDocument: policy('events.amazonaws.com'),
        }),
      ),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    await expect(
      client.send(
        new PutResourcePolicyCommand({ policyName: 'p0', policyDocument: '{"Statement":[]}' }),
      ),
    ).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('do not let users in', async () => {
    const { fixture, client } = await withStream();
    const user = fixture.addUser('stranger', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    });
    await client.send(
      new PutResourcePolicyCommand({
        policyName: 'p',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: user.arn },
            Action: 'logs:*',
            Resource: '*',
          },
        }),
      }),
    );
    const stranger = fixture.client(CloudWatchLogsClient, { user: 'stranger' });
    await expect(put(stranger, fixture, ['x'])).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('resource types', () => {
  const provider = (type: string): ResourceProvider => {
    const found = logs.resources?.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };

  it('make log groups with their filters and policies, change them and delete them', async () => {
    const fixture = accountFixture([iam, logs, cloudwatch]);
    const client = fixture.client(CloudWatchLogsClient);
    const deployment = fixture.deployment('Log', { tags: { team: 'red' } });
    const groups = provider('AWS::Logs::LogGroup');
    const made = await groups.create({ RetentionInDays: '14' }, deployment);
    const name = made.physicalId;
    expect(made.attributes['Arn']).toBe(`arn:aws:logs:eu-west-1:111111111111:log-group:${name}:*`);
    const read = async () =>
      (await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name })))
        .logGroups?.[0];
    expect(await read()).toMatchObject({ retentionInDays: 14 });
    await groups.update?.({ RetentionInDays: 30 }, deployment, {
      physicalId: name,
      previous: { RetentionInDays: '14' },
    });
    expect(await read()).toMatchObject({ retentionInDays: 30 });
    const filters = provider('AWS::Logs::MetricFilter');
    const filter = {
      LogGroupName: name,
      FilterPattern: 'ERROR',
      MetricTransformations: [
        {
          MetricNamespace: 'Team/App',
          MetricName: 'Errors',
          MetricValue: '1',
          Dimensions: [{ Key: 'Code', Value: '$.code' }],
        },
      ],
    };
    const madeFilter = await filters.create(filter, deployment);
    expect(
      await client.send(new DescribeMetricFiltersCommand({ logGroupName: name })),
    ).toMatchObject({
      metricFilters: [{ metricTransformations: [{ dimensions: { Code: '$.code' } }] }],
    });
    await expect(
      filters.create({ ...filter, FilterName: madeFilter.physicalId }, deployment),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    const policies = provider('AWS::Logs::ResourcePolicy');
    const policy = {
      PolicyName: 'p',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'logs:PutLogEvents',
          Resource: made.attributes['Arn'],
        },
      },
    };
    await policies.create(policy, deployment);
    expect(await client.send(new DescribeResourcePoliciesCommand({}))).toMatchObject({
      resourcePolicies: [{ policyName: 'p' }],
    });
    for (let times = 0; times < 2; times += 1) {
      await policies.delete('p', deployment, { properties: policy });
      await filters.delete(madeFilter.physicalId, deployment, { properties: filter });
      await groups.delete(name, deployment, { properties: {} });
    }
    expect(await read()).toBeUndefined();
  });
});
