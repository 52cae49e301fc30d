import { describe, expect, it } from '@jest/globals';
import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { echo, withQueues, queue, consumer } from '../../../test/lambda-fixture.ts';
import { functionFixture } from '../../../test/function-fixture.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { lambda } from './operations.ts';

describe('resource types', () => {
  const provider = (type: string): ResourceProvider => {
    const found = lambda.resources?.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };

  it('make a function of inline source, change it and delete it', async () => {
    const fixture = functionFixture();
    const functions = provider('AWS::Lambda::Function');
    const Role = await fixture.role('r');
    const properties = {
      Role,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: '30',
      Code: { ZipFile: "exports.handler = async () => process.env.VALUE ?? 'first';" },
      LoggingConfig: { LogFormat: 'JSON' },
    };
    const deployment = fixture.deployment('Fn');
    const made = await fixture.world.scheduler.serve('create', () =>
      functions.create(properties, deployment),
    );
    expect(made.physicalId).toMatch(/^demo-Fn-[A-Z0-9]{12}$/);
    expect(made.attributes['Arn']).toBe(
      `arn:aws:lambda:eu-west-1:111111111111:function:${made.physicalId}`,
    );
    expect((await fixture.invoke(made.physicalId)).payload).toBe('first');
    const changed = {
      ...properties,
      Timeout: undefined,
      Environment: { Variables: { VALUE: '2' } },
      Code: { ZipFile: 'exports.handler = async () => `second ${process.env.VALUE}`;' },
      ReservedConcurrentExecutions: 1,
    };
    const existing = { physicalId: made.physicalId, previous: properties };
    await fixture.world.scheduler.serve('update', async () =>
      functions.update?.(changed, deployment, existing),
    );
    expect((await fixture.invoke(made.physicalId)).payload).toBe('second 2');
    const { Configuration, Concurrency, Tags } = await fixture.lambda.send(
      new GetFunctionCommand({ FunctionName: made.physicalId }),
    );
    expect([Configuration?.Timeout, Concurrency?.ReservedConcurrentExecutions]).toEqual([3, 1]);
    expect(Tags).toMatchObject({ 'aws:cloudformation:logical-id': 'Fn' });
    for (let times = 0; times < 2; times += 1)
      await functions.delete(made.physicalId, deployment, { properties: changed });
  });

  it('wait for a role that does not count yet', async () => {
    const fixture = functionFixture();
    const functions = provider('AWS::Lambda::Function');
    const properties = {
      Role: 'arn:aws:iam::111111111111:role/not-yet',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Code: { ZipFile: echo },
    };
    await expect(functions.create(properties, fixture.deployment('Fn'))).rejects.toMatchObject({
      name: 'NotReadyYet',
    });
  });

  it('make permissions and event source mappings', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '60' });
    await fixture.define(consumer);
    const permissions = provider('AWS::Lambda::Permission');
    const mappings = provider('AWS::Lambda::EventSourceMapping');
    const deployment = fixture.deployment('Thing');
    const permission = {
      FunctionName: 'f',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: 'arn:aws:sns:eu-west-1:111111111111:t',
    };
    const { physicalId } = await permissions.create(permission, deployment);
    const { Policy = '' } = await fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }));
    expect(Policy).toContain(physicalId);
    await permissions.delete(physicalId, deployment, { properties: permission });
    await expect(
      fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    const given = {
      FunctionName: 'f',
      EventSourceArn: work.arn,
      BatchSize: '1',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    const made = await fixture.world.scheduler.serve('create', () =>
      mappings.create(given, deployment),
    );
    const read = () =>
      fixture.lambda.send(new GetEventSourceMappingCommand({ UUID: made.physicalId }));
    expect(await read()).toMatchObject({
      State: 'Enabled',
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    await fixture.world.scheduler.serve('update', async () =>
      mappings.update?.({ ...given, BatchSize: 5, FunctionResponseTypes: undefined }, deployment, {
        physicalId: made.physicalId,
        previous: given,
      }),
    );
    expect(await read()).toMatchObject({
      State: 'Enabled',
      BatchSize: 5,
      FunctionResponseTypes: [],
    });
    await fixture.world.scheduler.serve('delete', () =>
      mappings.delete(made.physicalId, deployment, { properties: given }),
    );
    await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
