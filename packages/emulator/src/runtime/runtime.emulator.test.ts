import { describe, expect, it } from '@jest/globals';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { functionFixture, type FunctionFixture } from '../../test/function-fixture.ts';
import { faults, type Fate, type FunctionCall } from './faults.ts';

const value = (fixture: FunctionFixture, name: string): Promise<string | undefined> =>
  fixture
    .client(SSMClient)
    .send(new GetParameterCommand({ Name: name }))
    .then(
      ({ Parameter }) => Parameter?.Value,
      () => undefined,
    );

/** Writes parameters one after the other, counting on from what is there. */
const counting = `
  const { SSMClient, GetParameterCommand, PutParameterCommand } = require('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  const put = (Name, Value) => client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  exports.handler = async () => {
    await put('/one', '1');
    await put('/two', '2');
    await put('/three', '3');
    return 'done';
  };`;

describe('the code of a function', () => {
  it('sees its event, its context and its own environment', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = async (event, context) => ({
        event,
        name: context.functionName,
        arn: context.invokedFunctionArn,
        left: context.getRemainingTimeInMillis(),
        own: process.env.OWN,
        region: process.env.AWS_REGION,
        key: process.env.AWS_ACCESS_KEY_ID.slice(0, 4),
        host: process.env.HOME ?? 'none',
        cwd: process.cwd(),
        root: process.env.LAMBDA_TASK_ROOT,
      });`,
      { Environment: { Variables: { OWN: 'mine' } }, Timeout: 7 },
    );
    const { payload } = await fixture.invoke('f', { a: [1] });
    expect(payload).toEqual({
      event: { a: [1] },
      name: 'f',
      arn: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      left: 7_000,
      own: 'mine',
      region: 'eu-west-1',
      key: 'ASIA',
      host: 'none',
      cwd: '/var/task',
      root: '/var/task',
    });
  });

  it('keeps its modules between invocations, and apart from other functions', async () => {
    const fixture = functionFixture();
    const source = `let count = 0; globalThis.shared = (globalThis.shared ?? 0) + 1; exports.handler = async () => [++count, globalThis.shared];`;
    await fixture.define(source, { FunctionName: 'a' });
    await fixture.define(source, { FunctionName: 'b' });
    expect((await fixture.invoke('a')).payload).toEqual([1, 1]);
    expect((await fixture.invoke('a')).payload).toEqual([2, 1]);
    expect((await fixture.invoke('b')).payload).toEqual([1, 1]);
    expect('shared' in globalThis).toBe(false);
  });

  it('waits in virtual time and reads a virtual clock, however it asks', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `const { setTimeout: wait } = require('node:timers/promises');
      const { promisify } = require('node:util');
      exports.handler = async () => {
        const started = new Date();
        const seen = [];
        const see = () => seen.push(Date.now() - started.getTime());
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        see();
        await wait(30_000);
        see();
        await promisify(setTimeout)(5_000);
        see();
        await new Promise((resolve) => { let ticks = 0; const id = setInterval(() => { if (++ticks === 3) { clearInterval(id); resolve(); } }, 1_000); });
        see();
        await new Promise(setImmediate);
        see();
        AbortSignal.timeout(2_000).addEventListener('abort', see);
        const never = setTimeout(() => seen.push('never'), 1_000);
        clearTimeout(never);
        await wait(4_000);
        see();
        return { seen, isDate: started instanceof Date, same: new Date(0).toISOString(), text: Date().slice(11, 15) };
      };`,
      { Timeout: 300 },
    );
    const wall = performance.now();
    expect((await fixture.invoke('f')).payload).toEqual({
      seen: [60_000, 90_000, 95_000, 98_000, 98_000, 100_000, 102_000],
      isDate: true,
      same: '1970-01-01T00:00:00.000Z',
      text: '2026',
    });
    expect(performance.now() - wall).toBeLessThan(5_000);
    expect(new Date().getTime()).not.toBe(fixture.world.scheduler.now);
  });

  it('draws the same random numbers in every run', async () => {
    const draw = async (seed: string): Promise<unknown> => {
      const fixture = functionFixture([], { seed });
      await fixture.define(
        `const crypto = require('node:crypto');
        exports.handler = async () => [Math.random(), globalThis.crypto.randomUUID(), crypto.randomUUID(), crypto.randomBytes(4).toString('hex'), crypto.randomInt(1000)];`,
      );
      return (await fixture.invoke('f')).payload;
    };
    const first = await draw('7');
    expect(await draw('7')).toEqual(first);
    expect(await draw('8')).not.toEqual(first);
    expect(first).toEqual([
      expect.any(Number),
      expect.stringMatching(/^[0-9a-f-]{14}4[0-9a-f-]{21}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f]{8}$/),
      expect.any(Number),
    ]);
  });

  it('can require what the runtime has, and nothing else', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `const fs = require('fs'); const { request } = require('https');
      exports.handler = async (name) => {
        try {
          if (name === 'fs') return fs.readFileSync('/etc/passwd', 'utf8');
          if (name === 'net') return await fetch('https://example.com');
          return Object.keys(require(name)).length > 0;
        } catch (error) { return error.message.split('\\n')[0]; }
      };`,
    );
    expect((await fixture.invoke('f', 'node:path')).payload).toBe(true);
    expect((await fixture.invoke('f', '@aws-sdk/client-s3')).payload).toBe(true);
    expect((await fixture.invoke('f', 'fs')).payload).toContain('not modelled');
    expect((await fixture.invoke('f', 'net')).payload).toContain('not modelled');
    expect((await fixture.invoke('f', 'left-pad')).payload).toBe("Cannot find module 'left-pad'");
    await fixture.define(`require('left-pad'); exports.handler = async () => 1;`, {
      FunctionName: 'broken',
    });
    expect(await fixture.invoke('broken')).toMatchObject({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringContaining("Cannot find module 'left-pad'"),
      },
    });
  });
});

describe('how a function ends', () => {
  it.each([
    [
      'an error of the handler',
      `class OwnError extends Error { constructor() { super('no luck'); this.name = 'OwnError'; } }
       exports.handler = async () => { throw new OwnError(); };`,
      {
        errorType: 'OwnError',
        errorMessage: 'no luck',
        trace: ['OwnError: no luck', expect.stringMatching(/at .*\/var\/task\/index\.js:2/)],
      },
    ],
    [
      'something thrown that is no error',
      `exports.handler = async () => { throw 'text'; };`,
      { errorType: 'string', errorMessage: 'text' },
    ],
    [
      'a syntax error',
      `exports.handler = async ( => 1;`,
      { errorType: 'Runtime.UserCodeSyntaxError' },
    ],
    [
      'a handler that is not there',
      `exports.other = 1;`,
      {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'index.handler is undefined or not exported',
      },
    ],
    [
      'a module that throws',
      `throw new TypeError('at once');`,
      { errorType: 'TypeError', errorMessage: 'at once' },
    ],
    [
      'a callback-based handler',
      `exports.handler = (event, context, callback) => callback(null, 1);`,
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
    ],
    [
      'a handler that never settles',
      `exports.handler = () => new Promise(() => {});`,
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Error: Task timed out after 3.00 seconds'),
      },
    ],
    [
      'a handler that waits too long',
      `exports.handler = () => new Promise((resolve) => setTimeout(resolve, 3_001));`,
      { errorType: 'Sandbox.Timedout' },
    ],
    [
      'process.exit',
      `exports.handler = async () => { process.exit(3); };`,
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    ],
    [
      'an error in a timer',
      `exports.handler = () => new Promise(() => { setTimeout(() => { throw new RangeError('late'); }, 10); });`,
      { errorType: 'RangeError', errorMessage: 'late' },
    ],
  ])('%s', async (_, source, payload) => {
    const fixture = functionFixture();
    await fixture.define(source);
    expect(await fixture.invoke('f')).toMatchObject({ functionError: 'Unhandled', payload });
  });

  it('reaches by import() what it can require, and nothing else', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = async () => {
        const { randomInt, default: all } = await import('node:crypto');
        const { SSMClient } = await import('@aws-sdk/client-ssm');
        const fs = await import('node:fs');
        const said = [];
        for (const attempt of [() => fs.readFileSync('/etc/passwd'), () => import('left-pad')])
          try { said.push(await attempt()); } catch (error) { said.push(error.message.split('\\n')[0]); }
        return [randomInt === all.randomInt, typeof SSMClient, ...said];
      };`,
    );
    expect((await fixture.invoke('f')).payload).toEqual([
      true,
      'function',
      'fs.readFileSync is not modelled for functions by this emulator',
      "Cannot find module 'left-pad'",
    ]);
  });

  it('has no generators that draw from the machine', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `const crypto = require('crypto');
      exports.handler = async () => ['generateKeyPairSync', 'generateKeySync', 'generatePrimeSync', 'createECDH'].map((name) => {
        try { return crypto[name]('rsa', {}) && name; } catch (error) { return error.message; }
      });`,
    );
    expect((await fixture.invoke('f')).payload).toEqual(
      ['generateKeyPairSync', 'generateKeySync', 'generatePrimeSync', 'createECDH'].map(
        (name) => `crypto.${name} is not modelled for functions by this emulator`,
      ),
    );
  });

  it('what JSON cannot say is null', async () => {
    const fixture = functionFixture();
    await fixture.define(`exports.handler = async () => undefined;`);
    expect(await fixture.invoke('f')).toMatchObject({ payload: null, functionError: undefined });
  });

  it('a callback still ends a handler of Node.js 22', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'called'), 1_000);`,
      { Runtime: 'nodejs22.x' },
    );
    expect((await fixture.invoke('f')).payload).toBe('called');
  });

  it('an environment that timed out is not used again, one whose handler failed is', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `let count = 0; exports.handler = async (what) => { count += 1; if (what === 'fail') throw new Error('x'); if (what === 'hang') await new Promise(() => {}); return count; };`,
    );
    await fixture.invoke('f', 'fail');
    expect((await fixture.invoke('f')).payload).toBe(2);
    await fixture.invoke('f', 'hang');
    expect((await fixture.invoke('f')).payload).toBe(1);
  });

  it('timers stand still while an environment is frozen', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `const fired = []; exports.handler = async (event) => { if (event.start) setTimeout(() => fired.push(Date.now() - event.start), 1_000); else await new Promise((resolve) => setTimeout(resolve, 10)); return fired; };`,
    );
    const start = fixture.world.scheduler.now;
    await fixture.invoke('f', { start });
    await fixture.world.scheduler.runFor(60_000);
    const { payload } = await fixture.invoke('f', {});
    expect(payload).toEqual([expect.any(Number)]);
    expect((payload as number[])[0]).toBeGreaterThanOrEqual(60_000);
  });
});

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

describe('the journal of a run', () => {
  const run = async (seed: string): Promise<string> => {
    const fixture = functionFixture([], { seed, duplicateShare: 0.3 });
    await fixture.define(counting, { FunctionName: 'a' });
    await fixture.define(counting.replace("'1'", 'String(Math.random())'), { FunctionName: 'b' });
    for (const name of ['a', 'b', 'a', 'b'])
      await fixture.invoke(name, {}, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(60_000);
    return fixture.world.journal.toJsonLines() + String(await value(fixture, '/one'));
  };

  it('is the same for the same seed, to the byte', async () => {
    expect(await run('3')).toBe(await run('3'));
    expect(await run('4')).not.toBe(await run('3'));
  });
});
