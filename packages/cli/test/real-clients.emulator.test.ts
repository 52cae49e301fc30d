import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { cliTable, endOf } from './cli-table.ts';
import { errorsOfBoto3, expectedSights } from './expected-sights.ts';
import { lookAround, pagesMax } from './look-around.ts';
import { hasBoto3, hasCli, runCommands, runPython } from './python.ts';
import { RolledOut } from './rolled-out.ts';
import { accountLooks } from './sdk-looks-account.ts';
import { fleetLooks } from './sdk-looks-fleet.ts';
import { sdkWaits } from './sdk-waits.ts';

const looks = { ...accountLooks, ...fleetLooks };
type Found = Record<string, Record<string, string[]>>;

describe('real clients in an organization after a rollout', () => {
  let world: RolledOut;
  /** What the SDK found, by account and look. */
  const found: Found = {};

  beforeAll(async () => {
    world = await RolledOut.open();
  }, 120_000);
  afterAll(() => world.endpoint.close());

  const keys = (name: string) => {
    const credentials = world.accounts[name]?.adminCredentials;
    if (!credentials) throw new Error(`there is no account ${name}`);
    return credentials;
  };
  const given = () => ({
    endpoint: world.endpoint.url,
    region: world.region,
    accounts: Object.fromEntries(
      Object.keys(world.accounts).map((name) => {
        const { accessKeyId, secretAccessKey } = keys(name);
        return [name, [accessKeyId, secretAccessKey]];
      }),
    ),
  });
  const connect = (name: string) => {
    const account = world.accounts[name];
    if (!account) throw new Error(`there is no account ${name}`);
    return world.connect(account);
  };

  it.each(Object.keys(expectedSights))(
    'the SDK looks at everything in %s, page by page',
    async (name) => {
      const seen = await lookAround(looks, connect(name));
      found[name] = seen;
      const refused = Object.entries(seen).filter(([, [first]]) => first?.startsWith('error '));
      expect(Object.fromEntries(refused)).toEqual(expectedSights[name]?.refused);
      const has = Object.entries(seen).filter(([look, { length }]) => {
        return length > 0 && !refused.some(([other]) => other === look);
      });
      expect(has.map(([look]) => look).sort()).toEqual(expectedSights[name]?.has.toSorted());
    },
  );

  it('pages lists to their end: each group, image, stack and alarm that there is', async () => {
    const answer = await fetch(`${world.endpoint.url}/_emulator/dump`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const state = (await answer.json()) as Record<string, { account: string; name: string }[]>;
    for (const [name, { id }] of Object.entries(world.accounts)) {
      const of = (what: string): number =>
        state[what]?.filter(({ account }) => account === id).length ?? Number.NaN;
      const { stacks, groups, alarms } = found[name] ?? {};
      expect([name, stacks?.length, groups?.length, alarms?.length]).toEqual([
        name,
        of('stacks'),
        of('groups'),
        of('alarms'),
      ]);
    }
    expect(found['workload-1']?.['groups']).toHaveLength(3);
    expect(found['infra']?.['alarms']?.length).toBeGreaterThan(10);
  });

  (hasBoto3 ? it : it.skip)('boto3 finds the very same in every account', async () => {
    const seen = await runPython('boto3-look-around.py', {
      ...given(),
      pagesMax,
      looks: Object.keys(looks),
    });
    expect(seen).toEqual(found);
  });

  (hasCli ? it : it.skip)('the AWS CLI looks around, copies, invokes and is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'real-clients-'));
    mkdirSync(join(folder, 'up'));
    writeFileSync(join(folder, 'up', 'one é+.txt'), 'first\n');
    writeFileSync(join(folder, 'up', 'two.txt'), 'second\n');
    const idOf = (look: string, account: string): string =>
      found[account]?.[look]?.[0]?.split(' ')[0] ?? '';
    const table = cliTable(world, {
      folder,
      group: idOf('groups', 'workload-1'),
      image: idOf('own-images', 'infra'),
    });
    try {
      const ran = await runCommands(
        { endpoint: world.endpoint.url, region: world.region },
        table.map(({ account, words }) => ({ as: keys(account), words })),
      );
      expect(
        ran.map((one, index) => ({
          command: table[index]?.words.join(' '),
          end: endOf(one),
          out: one.out,
          err: one.err,
        })),
      ).toEqual(table.map(({ words, wants }) => ({ command: words.join(' '), ...wants })));
      expect(readFileSync(join(folder, 'down', 'one é+.txt'), 'utf8')).toBe('first\n');
      expect(readFileSync(join(folder, 'answer.json'), 'utf8')).toContain('errorMessage');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('the waiters of the SDK see things come about', async () => {
    const { image, subnet } = await launchable();
    expect(
      await world.inFastTime(() => sdkWaits(connect('workload-2'), { image, subnet })),
    ).toEqual({
      stack: ['One', 'Two'],
      failed: 'ROLLBACK_COMPLETE',
      said: '"hello SDK"',
    });
  });

  (hasBoto3 ? it : it.skip)('boto3 names errors by their codes, and its waiters end', async () => {
    const { errors, waits } = (await world.inFastTime(async () =>
      runPython('boto3-errors-and-waiters.py', { ...given(), ...(await launchable()) }),
    )) as {
      errors: Record<string, { code: string; class: string; message: string }>;
      waits: object;
    };
    expect(
      Object.fromEntries(
        Object.entries(errors).map(([name, error]) => [name, `${error.code} ${error.class}`]),
      ),
    ).toEqual(errorsOfBoto3);
    expect(errors['operation that is not modelled']?.message).toContain('ec2:DescribeVolumes');
    expect(waits).toEqual({
      resources: 2,
      said: 'hello boto3',
      failed: expect.stringContaining('ROLLBACK_COMPLETE') as unknown,
      image: 'available',
    });
  });

  /** An image and a subnet of the second workload account. */
  async function launchable(): Promise<{ image: string; subnet: string }> {
    const { Reservations = [] } = await connect('workload-2')(EC2Client).send(
      new DescribeInstancesCommand({}),
    );
    const instance = Reservations[0]?.Instances?.[0];
    return { image: instance?.ImageId ?? '', subnet: instance?.SubnetId ?? '' };
  }
});
