import { describe, expect, it } from '@jest/globals';
import {
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { echo, minute, sum } from '../../../test/lambda-fixture.ts';
import { functionFixture } from '../../../test/function-fixture.ts';

describe('invocations', () => {
  it('answer by type', async () => {
    const fixture = functionFixture();
    await fixture.define(
      "exports.handler = async (event) => { console.log('hello', event); return 1; };",
    );
    const send = (InvocationType: 'DryRun' | 'Event') =>
      fixture.lambda.send(new InvokeCommand({ FunctionName: 'f', InvocationType }));
    expect((await send('DryRun')).StatusCode).toBe(204);
    expect((await send('Event')).StatusCode).toBe(202);
    const { logTail } = await fixture.invoke('f', 'x', { LogType: 'Tail' });
    expect(logTail.split('\n').map((line) => line.replaceAll(/[0-9a-f-]{36}/g, 'ID'))).toEqual([
      expect.stringContaining('INIT_START Runtime Version: nodejs:24.v1'),
      'START RequestId: ID Version: $LATEST',
      expect.stringMatching(/^2026-11-21T08:.*\tID\tINFO\thello x$/),
      'END RequestId: ID',
      expect.stringMatching(
        /^REPORT RequestId: ID\tDuration: 0\.00 ms\t.*Memory Size: 128 MB\t.*Init Duration: /,
      ),
      '',
    ]);
  });

  it('are refused when the payload is no JSON or too large', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    const send = (Payload: Buffer, InvocationType?: 'Event') =>
      fixture.lambda.send(
        new InvokeCommand({
          FunctionName: 'f',
          Payload,
          ...(InvocationType ? { InvocationType } : {}),
        }),
      );
    await expect(send(Buffer.from('{'))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    const large = Buffer.from(JSON.stringify('x'.repeat(2 * 1024 * 1024)));
    await expect(send(large, 'Event')).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    expect((await send(large)).FunctionError).toBeUndefined();
    await fixture.define("exports.handler = async () => 'x'.repeat(7 * 1024 * 1024);", {
      FunctionName: 'big',
    });
    expect(await fixture.invoke('big')).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it('are throttled beyond the reserved concurrency', async () => {
    const fixture = functionFixture();
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1000));',
    );
    await fixture.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 2 }),
    );
    await expect(
      fixture.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 901 }),
      ),
    ).rejects.toThrow('UnreservedConcurrentExecution');
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => fixture.invoke('f')));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(reasons).toEqual([expect.any(TooManyRequestsException)]);
    expect(reasons).toMatchObject([
      { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    ]);
    expect(await sum(fixture, 'Throttles')).toBe(1);
    expect(await sum(fixture, 'Invocations')).toBe(2);
  });

  it('reuse an environment until it has been idle for long', async () => {
    const fixture = functionFixture();
    await fixture.define('let n = 0; exports.handler = async () => ++n;');
    await fixture.invoke('f');
    await fixture.world.scheduler.runFor(5 * minute);
    expect((await fixture.invoke('f')).payload).toBe(2);
    await fixture.world.scheduler.runFor(30 * minute);
    expect((await fixture.invoke('f')).payload).toBe(1);
  });
});
