import { describe, expect, it } from '@jest/globals';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  paginateListFunctions,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { echo } from '../../../test/lambda-fixture.ts';
import { functionFixture } from '../../../test/function-fixture.ts';
import { makeZip } from './zip.ts';

const aFunction = (
  given: Partial<CreateFunctionCommandInput> = {},
): CreateFunctionCommandInput => ({
  FunctionName: 'f',
  Role: 'arn:aws:iam::111111111111:role/everything',
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
  Code: { ZipFile: makeZip({ 'index.js': echo }) },
  ...given,
});

describe('functions', () => {
  it('are pending at first, and cannot be invoked or changed until they are active', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('r');
    const created = await fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role })));
    expect(created).toMatchObject({
      FunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      State: 'Pending',
      Timeout: 3,
      MemorySize: 128,
      Architectures: ['x86_64'],
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
      Version: '$LATEST',
    });
    await expect(fixture.invoke('f')).rejects.toBeInstanceOf(ResourceConflictException);
    await expect(
      fixture.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 5 }),
      ),
    ).rejects.toBeInstanceOf(ResourceConflictException);
    await expect(
      fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role }))),
    ).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: f',
    });
    await fixture.world.scheduler.runFor(5_000);
    expect(
      (await fixture.lambda.send(new GetFunctionCommand({ FunctionName: 'f' }))).Configuration,
    ).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(
      (await fixture.invoke('arn:aws:lambda:eu-west-1:111111111111:function:f', [1])).payload,
    ).toEqual([1]);
  });

  it('need a role that Lambda can assume and the caller may pass', async () => {
    const fixture = functionFixture();
    const other = await fixture.role('other', undefined, {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    for (const Role of [other, 'arn:aws:iam::111111111111:role/none'])
      await expect(
        fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role }))),
      ).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      });
  });

  it('run their new code once an update has finished, in new environments', async () => {
    const fixture = functionFixture();
    await fixture.define('let n = 0; exports.handler = async () => `old ${++n}`;');
    await fixture.invoke('f');
    await fixture.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'f',
        ZipFile: makeZip({
          'index.js': 'let n = 0; exports.handler = async () => `new ${++n} ${process.env.VALUE}`;',
        }),
      }),
    );
    await fixture.world.scheduler.runFor(5_000);
    await fixture.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'f',
        Environment: { Variables: { VALUE: '2' } },
      }),
    );
    await fixture.world.scheduler.runFor(5_000);
    expect((await fixture.invoke('f')).payload).toBe('new 1 2');
  });

  it('are traced only with a role that may send traces', async () => {
    const fixture = functionFixture();
    const create = (Role: string) =>
      fixture.lambda.send(
        new CreateFunctionCommand(aFunction({ Role, TracingConfig: { Mode: 'Active' } })),
      );
    const silent = await fixture.role('silent', [
      { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
    ]);
    await expect(create(silent)).rejects.toThrow(
      'The provided execution role does not have permissions to call PutTraceSegments on XRAY',
    );
    const traced = await fixture.role('traced', [
      { Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' },
    ]);
    expect((await create(traced)).TracingConfig).toEqual({ Mode: 'Active' });
  });

  it('are refused outside of the limits, or with what is not modelled', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('r');
    const wrong: [Partial<CreateFunctionCommandInput>, string][] = [
      [{ Timeout: 901 }, 'Timeout'],
      [{ MemorySize: 127 }, "at 'memorySize'"],
      [{ Runtime: 'python3.13' }, 'python3.13'],
      [{ Environment: { Variables: { BIG: 'x'.repeat(4_096) } } }, '4KB'],
      [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'reserved keys'],
      [{ Code: { S3Bucket: 'bucket', S3Key: 'k' } }, 'S3Bucket is not modelled'],
      [{ Code: { ZipFile: Buffer.from('no zip') } }, 'Could not unzip'],
      [{ Layers: ['arn:aws:lambda:eu-west-1:111111111111:layer:l:1'] }, 'Layers is not modelled'],
      [
        { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
        'VpcConfig is not modelled',
      ],
      [{ Publish: true }, 'Publish is not modelled'],
    ];
    for (const [given, message] of wrong)
      await expect(
        fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role, ...given }))),
      ).rejects.toThrow(message);
  });

  it('come in pages and go', async () => {
    const fixture = functionFixture();
    for (const FunctionName of ['e', 'c', 'a', 'd', 'b'])
      await fixture.define(echo, { FunctionName });
    const pages: string[][] = [];
    for await (const page of paginateListFunctions({ client: fixture.lambda }, {}))
      pages.push((page.Functions ?? []).map(({ FunctionName }) => FunctionName ?? ''));
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    await fixture.lambda.send(new DeleteFunctionCommand({ FunctionName: 'a' }));
    await expect(fixture.invoke('a')).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
