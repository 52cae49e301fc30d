import { describe, expect, it } from '@jest/globals';
import { functionFixture } from '../../test/function-fixture.ts';

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
