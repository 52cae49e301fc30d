import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { golden, RunningEmulator } from './golden-process.ts';
import { all } from './look-around.ts';

const hour = 3_600_000;

interface State {
  readonly now: string;
  readonly stacks: readonly { readonly name: string; readonly status: string }[];
  readonly journal: { readonly entries: number };
}

describe('golden emulator', () => {
  let emulator: RunningEmulator;
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));

  beforeAll(async () => {
    emulator = await RunningEmulator.start(
      'emulator --port 0 --accounts 2 --regions 2 --seed other',
    );
  });
  afterAll(async () => {
    await emulator.end();
    rmSync(folder, { recursive: true });
  });

  const connect = <C>(
    Client: new (options: {
      region: string;
      endpoint: string;
      credentials: { accessKeyId: string; secretAccessKey: string };
    }) => C,
    options: { name?: string; region?: string } = {},
  ): C => {
    const { accounts, endpoint, region } = emulator.printed;
    const account = accounts.find(({ name }) => name === (options.name ?? 'infra'));
    if (!account) throw new Error(`no account ${options.name ?? 'infra'} was printed`);
    const { accessKeyId, secretAccessKey } = account;
    return new Client({
      region: options.region ?? region,
      endpoint,
      credentials: { accessKeyId, secretAccessKey },
    });
  };
  const state = async (): Promise<State> =>
    JSON.parse((await golden(`emulator dump --port ${emulator.port}`)).out) as State;

  it('prints one JSON object, and everything else beside it', () => {
    const { printed, written } = emulator;
    expect(JSON.parse(written.out)).toEqual(printed);
    expect(written.err).toContain(`listens on ${printed.endpoint}`);
    expect(printed.regions).toEqual(['eu-west-1', 'eu-central-1']);
    expect(printed.accounts.map(({ name, ou }) => `${name} ${ou}`)).toEqual([
      'management /',
      'infra /',
      'workload-1 /workloads',
      'batch-1 /batch',
    ]);
    // Clients look at their own clock to tell whether credentials have expired.
    expect(Math.abs(Date.parse(printed.now) - Date.now())).toBeLessThan(hour);
  });

  it('takes the printed key of each account, which has its default VPCs', async () => {
    for (const { name, id } of emulator.printed.accounts) {
      const { Account } = await connect(STSClient, { name }).send(new GetCallerIdentityCommand({}));
      expect(Account).toBe(id);
      for (const region of emulator.printed.regions) {
        const ec2 = connect(EC2Client, { name, region });
        const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
        const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
        expect([name, region, Vpcs.map(({ IsDefault }) => IsDefault), Subnets.length]).toEqual([
          name,
          region,
          [true],
          3,
        ]);
      }
    }
    const client = connect(OrganizationsClient, { name: 'management' });
    const members = await all(paginateListAccounts({ client }, {}), ({ Accounts }) => Accounts);
    expect(members.map(({ Id }) => Id).sort()).toEqual(
      emulator.printed.accounts.map(({ id }) => id).sort(),
    );
  });

  it('moves its clock, and everything that falls due on the way runs', async () => {
    const stacks = connect(CloudFormationClient);
    const StackName = 'made-by-hand';
    await stacks.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
      }),
    );
    const before = await state();
    expect(before.stacks).toMatchObject([{ name: StackName, status: 'CREATE_IN_PROGRESS' }]);
    const moved = await golden(`emulator advance 90m --port ${emulator.port}`);
    expect(moved).toMatchObject({ code: 0, err: '' });
    const { now } = JSON.parse(moved.out) as { now: string };
    expect(Date.parse(now) - Date.parse(before.now)).toBeGreaterThanOrEqual(1.5 * hour);
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
  });

  it('lets a long poll wait in real time, until it ends or the clock is moved', async () => {
    const sqs = connect(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'empty' }));
    const startedAt = performance.now();
    const short = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(short.Messages).toBeUndefined();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(900);
    const long = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const beforeJump = performance.now();
    expect(await golden(`emulator advance 30s --port ${emulator.port}`)).toMatchObject({ code: 0 });
    expect((await long).Messages).toBeUndefined();
    expect(performance.now() - beforeJump).toBeLessThan(15_000);
  });

  it('writes its state and its journal', async () => {
    const file = join(folder, 'journal.jsonl');
    const wrote = await golden(`emulator dump --journal --out ${file} --port ${emulator.port}`);
    expect(wrote).toEqual({ code: 0, out: '', err: `golden: wrote ${file}\n` });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const { journal, stacks } = await state();
    expect(journal.entries).toBeGreaterThanOrEqual(lines.length);
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toContain(
      'CreateStack',
    );
    expect(stacks).toMatchObject([{ name: 'made-by-hand', status: 'CREATE_COMPLETE' }]);
    const nowhere = await golden(`emulator dump --out ${folder}/no/file --port ${emulator.port}`);
    expect(nowhere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cannot write .*\/no\/file: ENOENT.*--out/) as unknown,
    });
  });

  it.each<[string, object, number, RegExp]>([
    ['a form of a web page', { headers: { 'content-type': 'text/plain' } }, 415, /text\/plain/],
    ['no content type', { headers: {} }, 415, /missing; use application\/json/],
    [
      'another name of this machine',
      { headers: { 'content-type': 'application/json', host: 'example.com' } },
      403,
      /example\.com/,
    ],
    ['a link', { method: 'GET' }, 405, /GET; use POST/],
    ['a question before a call from a web page', { method: 'OPTIONS' }, 405, /OPTIONS; use POST/],
    ['an unknown call', { path: '/_emulator/stop' }, 404, /stop; use advance, dump or journal/],
    ['no time', { body: '{}' }, 400, /milliseconds is missing/],
    ['time that goes back', { body: '{"milliseconds": -1}' }, 400, /milliseconds is -1/],
    ['no JSON', { body: 'x' }, 400, /the body is x/],
  ])('refuses control calls with %s', async (_, change, status, message) => {
    const answer = await control(emulator.port, change);
    expect(answer).toEqual({
      status,
      text: expect.stringMatching(message) as unknown,
      allowed: undefined,
    });
  });

  it('says in one line what is wrong: port taken, nobody there, wrong words', async () => {
    const { port } = emulator;
    expect(await golden(`emulator --port ${port}`)).toEqual({
      code: 1,
      out: '',
      err: `golden: port ${port} is taken on 127.0.0.1; end what listens there, or choose another port with --port\n`,
    });
    // The port that nobody may listen on without rights, and nobody does.
    expect(await golden('emulator advance 1s --port 1')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(
        /^golden: no emulator answers on 127\.0\.0\.1:1 .*--port/,
      ) as unknown,
    });
    expect(await golden('emulator advance soon')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^golden: soon is no duration/) as unknown,
    });
    expect(await golden('emulator --help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Examples:') as unknown,
      err: '',
    });
  });

  it('ends cleanly with Ctrl-C, although a client still waits', async () => {
    const poll = connect(SQSClient)
      .send(
        new ReceiveMessageCommand({
          QueueUrl: `${emulator.printed.endpoint}/${emulator.printed.accounts[1]?.id ?? ''}/empty`,
          WaitTimeSeconds: 20,
        }),
      )
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await emulator.end('SIGINT')).toBe(0);
    expect(emulator.written.err).not.toContain('defect');
    expect(emulator.written.err).toMatch(/golden: ended\n$/);
    expect(await poll).toBeInstanceOf(Error);
  });
});

/** A call to the emulator itself that is wrong in one way. */
const control = (
  port: string,
  change: { method?: string; path?: string; body?: string; headers?: Record<string, string> },
): Promise<{ status: number | undefined; text: string; allowed: string | undefined }> =>
  new Promise((resolve, reject) => {
    const { method = 'POST', path = '/_emulator/advance', body = '{"milliseconds": 1}' } = change;
    const headers = change.headers ?? { 'content-type': 'application/json' };
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => {
        const allowed = incoming.headers['access-control-allow-origin'];
        resolve({ status: incoming.statusCode, text, allowed });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'POST' ? body : undefined);
  });
