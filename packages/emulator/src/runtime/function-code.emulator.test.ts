import { describe, expect, it } from '@jest/globals';
import { functionFixture } from '../../test/function-fixture.ts';
import { value, counting } from '../../test/function-parameters.ts';

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
