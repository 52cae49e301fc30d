import { describe, expect, it } from '@jest/globals';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { inProcessHandler } from '@golden/emulator';
import { openDemo } from '../src/emulator/demo-world.ts';
import { describeStart } from '../src/emulator/describe-start.ts';
import { openPlain } from '../src/emulator/plain-world.ts';
import type { Started } from '../src/emulator/started.ts';
import type { Printed } from './golden-process.ts';

const options = { port: 0, seed: '7', accounts: 3, regions: 1, isDemo: false };
const printed = (started: Started): Printed =>
  JSON.parse(JSON.stringify(describeStart(started, 'http://127.0.0.1:1'))) as Printed;

describe('what an emulator starts with', () => {
  it('has the same accounts and keys for the same seed, whenever it begins', async () => {
    const first = printed(await openPlain(options));
    const again = printed(await openPlain(options));
    const other = printed(await openPlain({ ...options, seed: '8' }));
    expect({ ...again, now: first.now }).toEqual(first);
    expect(first.accounts).toHaveLength(5);
    const keys = new Set(first.accounts.map(({ accessKeyId }) => accessKeyId));
    expect(other.accounts.filter(({ accessKeyId }) => keys.has(accessKeyId))).toEqual([]);
  });

  it('has the product with one good image rolled out, if asked for, and is at the present', async () => {
    const said: string[] = [];
    const started = await openDemo({ ...options, isDemo: true }, (text) => said.push(text));
    const { accounts, stack, now } = printed(started);
    expect(said.at(-1)).toBe('the rollout of 1.0.1 is completed');
    expect(accounts.map(({ name, ou, state }) => `${name} ${ou} ${state}`)).toEqual([
      'management / ACTIVE',
      'infra / ACTIVE',
      'outside / ACTIVE',
      'workload-1 /workloads ACTIVE',
      'workload-2 /workloads ACTIVE',
      'workload-closed /workloads SUSPENDED',
      'batch-1 /batch ACTIVE',
      'batch-locked /batch ACTIVE',
      'batch-taken /batch ACTIVE',
    ]);
    expect(stack?.name).toBe('golden-images');
    const infra = accounts.find(({ name }) => name === 'infra');
    const ssm = new SSMClient({
      region: 'eu-west-1',
      credentials: {
        accessKeyId: infra?.accessKeyId ?? '',
        secretAccessKey: infra?.secretAccessKey ?? '',
      },
      requestHandler: inProcessHandler(started.world),
    });
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: stack?.outputs['StableParameterName'] }),
    );
    expect(JSON.parse(Parameter?.Value ?? '')).toMatchObject({ version: '1.0.1' });
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(-60_000);
    expect(Date.parse(now) - Date.now()).toBeLessThan(60_000);
  }, 120_000);
});
