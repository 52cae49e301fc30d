import { describe, expect, it } from '@jest/globals';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { functionFixture } from '../../test/function-fixture.ts';
import { faults, type Fate, type FunctionCall } from './faults.ts';
import { value, counting } from '../../test/function-parameters.ts';

describe('AWS calls of a function', () => {
  it('are made as its role', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('narrow', [
      { Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' },
    ]);
    await fixture.define(
      `const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
      const { SSMClient, GetParameterCommand } = require('@aws-sdk/client-ssm');
      exports.handler = async () => {
        const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
        const refused = await new SSMClient({}).send(new GetParameterCommand({ Name: '/x' })).catch((error) => [error.name, error instanceof Error]);
        return { Arn, refused };
      };`,
      { Role },
    );
    expect((await fixture.invoke('f')).payload).toEqual({
      Arn: 'arn:aws:sts::111111111111:assumed-role/narrow/f',
      refused: ['AccessDeniedException', true],
    });
  });

  it('take virtual time, so that functions at work at once interleave', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `const { SSMClient, GetParameterCommand, PutParameterCommand } = require('@aws-sdk/client-ssm');
      const client = new SSMClient({});
      exports.handler = async () => {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: '/n' })).catch(() => ({}));
        await client.send(new PutParameterCommand({ Name: '/n', Type: 'String', Overwrite: true, Value: String(Number(Parameter?.Value ?? 0) + 1) }));
      };`,
    );
    faults(fixture.world).latencyMs = { min: 100, max: 400 };
    for (let index = 0; index < 5; index += 1)
      await fixture.invoke('f', {}, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(10_000);
    // Nothing locks, so updates get lost.
    expect(Number(await value(fixture, '/n'))).toBeLessThan(5);
    faults(fixture.world).latencyMs = { min: 0, max: 0 };
    for (let index = 0; index < 5; index += 1)
      await fixture.invoke('f', {}, { InvocationType: 'Event' });
    const before = Number(await value(fixture, '/n'));
    await fixture.world.scheduler.runFor(10_000);
    expect(Number(await value(fixture, '/n'))).toBe(before + 5);
  });

  it('are retried by the SDK in virtual time', async () => {
    const fixture = functionFixture();
    await fixture.define(counting, { Timeout: 60 });
    const calls: number[] = [];
    faults(fixture.world).onCall((call): Fate => {
      calls.push(fixture.world.scheduler.now);
      return call.callNumber <= 2
        ? { error: { code: 'ThrottlingException', status: 400 } }
        : 'proceed';
    });
    const wall = performance.now();
    expect((await fixture.invoke('f')).payload).toBe('done');
    expect(calls).toHaveLength(5);
    expect(calls[2]! - calls[0]!).toBeGreaterThan(100);
    expect(performance.now() - wall).toBeLessThan(2_000);
  });

  it('know the operation and count each invocation anew', async () => {
    const fixture = functionFixture();
    await fixture.define(counting);
    const seen: FunctionCall[] = [];
    faults(fixture.world).onCall((call): Fate => {
      seen.push(call);
      return 'proceed';
    });
    await fixture.invoke('f');
    await fixture.invoke('f');
    expect(seen.map(({ invocation, callNumber }) => [invocation, callNumber])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    expect(seen[0]).toEqual({
      account: '111111111111',
      region: 'eu-west-1',
      functionName: 'f',
      invocation: 1,
      callNumber: 1,
      service: 'ssm',
      operation: 'PutParameter',
    });
  });

  it.each([
    { fate: 'kill-before' as const, written: ['1', undefined, undefined] },
    { fate: 'kill-after' as const, written: ['1', '2', undefined] },
  ])('$fate ends the process at the call', async ({ fate, written }) => {
    const fixture = functionFixture();
    await fixture.define(counting);
    faults(fixture.world).onCall(({ callNumber }) => (callNumber === 2 ? fate : 'proceed'));
    expect(await fixture.invoke('f')).toMatchObject({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('signal: killed'),
      },
    });
    const values = ['/one', '/two', '/three'].map((name) => value(fixture, name));
    expect(await Promise.all(values)).toEqual(written);
    faults(fixture.world).onCall(undefined);
    expect((await fixture.invoke('f')).payload).toBe('done');
  });

  it.each([
    { lose: 'request' as const, attempts: 2, version: 1 },
    { lose: 'answer' as const, attempts: 2, version: 2 },
  ])('a lost $lose is sent again by the SDK', async ({ lose, attempts, version }) => {
    const fixture = functionFixture();
    await fixture.define(counting, { Timeout: 60 });
    let calls = 0;
    faults(fixture.world).onCall(({ callNumber }): Fate => {
      calls += 1;
      return callNumber === 1 ? { lose } : 'proceed';
    });
    expect((await fixture.invoke('f')).payload).toBe('done');
    expect(calls).toBe(2 + attempts);
    const { Parameter } = await fixture
      .client(SSMClient)
      .send(new GetParameterCommand({ Name: '/one' }));
    expect(Parameter?.Version).toBe(version);
  });

  it.each([
    { hang: 'request' as const, two: '2', three: undefined },
    { hang: 'answer' as const, two: '2', three: '3' },
  ])(
    'the $hang that hangs holds the function until its time is up',
    async ({ hang, two, three }) => {
      const fixture = functionFixture();
      await fixture.define(counting);
      faults(fixture.world).onCall(({ callNumber }): Fate =>
        callNumber === 3 ? { hang } : 'proceed',
      );
      expect(await fixture.invoke('f')).toMatchObject({
        payload: { errorType: 'Sandbox.Timedout' },
      });
      // Nothing comes of it later: what was not sent stays unsent.
      await fixture.world.scheduler.runFor(20 * 60_000);
      expect(await value(fixture, '/two')).toBe(two);
      expect(await value(fixture, '/three')).toBe(three);
    },
  );

  it('may be slow, and then the function times out', async () => {
    const fixture = functionFixture();
    await fixture.define(counting);
    faults(fixture.world).onCall(({ callNumber }): Fate =>
      callNumber === 3 ? { delayMs: 10_000 } : 'proceed',
    );
    expect(await fixture.invoke('f')).toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
    expect(await value(fixture, '/two')).toBe('2');
    // AWS had the call already and carries it out.
    await fixture.world.scheduler.runFor(10_000);
    expect(await value(fixture, '/three')).toBe('3');
  });

  it('of a function that calls a function wait for it', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = async (event) => { await new Promise((resolve) => setTimeout(resolve, 20_000)); return { inner: event.n + 1, at: Date.now() }; };`,
      { FunctionName: 'inner', Timeout: 60 },
    );
    await fixture.define(
      `const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
      exports.handler = async () => {
        const started = Date.now();
        const { Payload } = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'inner', Payload: JSON.stringify({ n: 1 }) }));
        return { ...JSON.parse(Payload.transformToString()), took: Date.now() - started >= 20_000, env: process.env.AWS_LAMBDA_FUNCTION_NAME };
      };`,
      { FunctionName: 'outer', Timeout: 120 },
    );
    expect((await fixture.invoke('outer')).payload).toMatchObject({
      inner: 2,
      took: true,
      env: 'outer',
    });
  });
});
