import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { faults, openEndpoint, type Endpoint } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import { examplePayload, FleetStage } from '@golden/stage/fleet-stage.ts';
import { imageMessage } from '@golden/stage/image-message.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { awsCommands, docBlocks, pnpmScripts, root, type DocBlock } from './doc-blocks.ts';
import { cliVersion, Reader } from './reader.ts';

const minute = 60_000;
const execute = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the documents', () => {
  it('name only scripts that exist', () => {
    const known = [...Object.keys(scripts), 'install', 'exec'];
    expect(pnpmScripts().length).toBeGreaterThan(0);
    expect(pnpmScripts().filter(({ script }) => !known.includes(script))).toEqual([]);
  });

  it.each(['demo', 'bench', 'simulate', 'fuzz', 'golden'])(
    'can be asked about: %s --help has examples',
    async (script) => {
      const main = /\S+\.ts$/.exec(scripts[script] ?? '')?.[0] ?? '';
      const { stdout } = await execute(process.execPath, [join(root, main), '--help']);
      expect(stdout).toContain(`npx -y pnpm@12.21.0 ${script}`);
    },
  );

  it('say of each block of AWS commands in which account it is run', () => {
    const unsaid = docBlocks().filter(
      ({ commands, as }) => /\baws /.test(commands) && as === undefined,
    );
    expect(unsaid.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  it('speak in sentences only of AWS commands that some block has', () => {
    const inBlocks = docBlocks().map(({ commands }) => commands);
    expect(awsCommands().length).toBeGreaterThan(0);
    expect(
      awsCommands().filter(({ command }) => !inBlocks.some((text) => text.includes(command))),
    ).toEqual([]);
  });
});

// Whoever has no AWS CLI cannot run these commands either.
(cliVersion === undefined ? describe.skip : describe)('a reader with the AWS CLI', () => {
  let fleet: FleetStage;
  let endpoint: Endpoint;
  let reader: Reader;

  /** The only block of a document, or the one that has some words. */
  const block = (file: string, words = ''): DocBlock => {
    const found = docBlocks().filter(
      ({ file: other, commands }) => other === file && commands.includes(words),
    );
    const [first] = found;
    if (!first || found.length > 1)
      throw new Error(`${file} has ${found.length} blocks with ${words}`);
    return first;
  };
  const followed = new Set<string>();
  const follow = (file: string, words?: string): Promise<string> => {
    const one = block(file, words);
    followed.add(`${one.file}:${one.line}`);
    return reader.follow(one);
  };
  const deployment = (words: string): Promise<string> => follow('docs/deploy.md', words);
  const runbook = (name: string, words?: string): Promise<string> =>
    follow(`docs/runbooks/${name}.md`, words);
  const newestVersion = async (): Promise<VersionRecord> => {
    const [version] = await fleet.infra.versions();
    if (!version) throw new Error('there is no version');
    return version;
  };
  const setParameter = (changes: Readonly<Record<string, string>>): void => {
    const lines = JSON.parse(reader.read('my-line.json')) as string[];
    const filled = lines.map((line) => {
      const [key = ''] = line.split('=');
      return key in changes ? `${key}=${changes[key] ?? ''}` : line;
    });
    reader.write('my-line.json', filled);
  };
  const pass = (milliseconds: number): Promise<void> => fleet.world.scheduler.runFor(milliseconds);

  beforeAll(async () => {
    fleet = await FleetStage.openUndelegated({ otherRegions: [] });
    const { world, infra } = fleet;
    const workload = fleet.place('workload-1');
    endpoint = await openEndpoint(world);
    reader = new Reader({
      world,
      endpoint,
      accounts: { management: infra.management, infra: infra.infra, workload: workload.account },
    });
    // The customer's group follows no line yet.
    const template = customerTemplate(['SingleGroup']).replaceAll('golden:line', 'team');
    await fleet.deployCustomer(workload, { template });
    reader.variables['INFRA_ACCOUNT'] = infra.infra.id;
    reader.variables['TEMPLATES'] = `templates-${infra.infra.id}`;
    reader.variables['GROUP'] = await fleet.groupName(workload, 'SingleGroup');
  });
  afterAll(async () => {
    reader.leave();
    await endpoint.close();
  });

  it('delegates to the infra account', async () => {
    await deployment('activate-organizations-access');
    const said = await deployment('list-delegated-administrators');
    expect(said).toContain(fleet.infra.infra.id);
    expect(said).toContain(fleet.infra.organization.id);
    expect(said).toContain(fleet.unitId('workloads'));
  });

  it('deploys the stack, and the StackSet reaches the workload account', async () => {
    const said = await deployment('cp parameters/infra-account.json');
    setParameter({
      PublicSubnet: /subnet-[0-9a-f]+/.exec(said)?.[0] ?? '',
      DefaultSecurityGroup: /sg-[0-9a-f]+/.exec(said)?.[0] ?? '',
      AWSOrgID: fleet.infra.organization.id,
      ManagementAccountId: fleet.infra.management.id,
      WorkloadOrganizationalUnitIds: fleet.unitId('workloads'),
      CanaryAccounts: fleet.place('workload-1').account.id,
      NotificationEmail: 'platform@example.com',
      Rollout: 'DISABLED',
    });
    expect(await deployment("--query 'Stacks[0].Outputs' --output table")).toContain(
      'PayloadBucketName',
    );
    await deployment('output() {');
    await fleet.infra.readOutputs();
    await pass(20 * minute);
    const look = await deployment('list-stack-instances');
    expect(look).toContain('SUCCEEDED');
    expect(look).toContain('TriggerFailures');
  });

  it('builds the first payload and finds its image', async () => {
    await deployment('aws s3 cp examples/payloads/harden.sh');
    await pass(2 * hour);
    const look = await deployment('build-started');
    expect(look).toContain('AVAILABLE');
    expect(look).toContain('"available"');
    expect(look).toMatch(/ami-[0-9a-f]{17}/);
  });

  it('enrols a group, rolls out to it, and sees how that went', async () => {
    expect(await deployment('create-or-update-tags')).toContain(reader.variables['GROUP']);
    setParameter({ Rollout: 'ENABLED' });
    await deployment('# rolled out');
    await pass(6 * hour);
    const look = await deployment('ROLLOUT#golden-1-0-2-1');
    expect(look).toContain('SUCCEEDED');
    expect(look).toContain('refreshed');
    expect(look).toContain('1.0.2');
    expect(await deployment('describe-instance-refreshes')).toContain('Successful');
  });

  it('finds with the runbooks what they speak of', async () => {
    expect(await runbook('finish-rollout-errors')).toContain('FinishRolloutHandlerLog');
    expect(await runbook('steer-target-errors')).toContain('SteerTargetHandlerLog');
    expect(await runbook('rollout-halted', 'JudgeWaveHandlerLog')).toContain('JudgeWaveHandlerLog');
    expect(await runbook('rollout-halted', 'dynamodb')).toContain('refreshed');
  });

  it('tells functions by hand what they have missed', async () => {
    const version = await newestVersion();
    const workload = fleet.place('workload-1');
    reader.write('event.json', {
      Records: [
        {
          EventSource: 'aws:sns',
          Sns: { Message: JSON.stringify(imageMessage(fleet.infra, version)) },
        },
      ],
    });
    expect(await runbook('fan-out-failures')).not.toContain('FunctionError');
    expect((await newestVersion()).state).toBe('stable');
    reader.write('event.json', {
      account: workload.account.id,
      source: 'golden.golden',
      'detail-type': 'Golden Image Rolled Back Late',
      detail: {
        schema: 1,
        line: 'golden',
        region: workload.region,
        rolloutId: 'golden-1-0-2-1',
        ami: version.amis?.[workload.region],
        groups: [reader.variables['GROUP']],
      },
    });
    expect(await runbook('revoke-image-failures')).not.toContain('FunctionError');
    expect((await newestVersion()).state).toBe('revoked');
  });

  it('lets an execution that has failed go on', async () => {
    const client = fleet.infra.client(SFNClient);
    const { executionArn } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: fleet.infra.outputs['RolloutMachineArn'],
        input: '{"what": "somebody tries it by hand"}',
      }),
    );
    const execution = () => client.send(new DescribeExecutionCommand({ executionArn }));
    await pass(24 * hour);
    expect(await execution()).toMatchObject({ status: 'FAILED', redriveCount: 0 });
    reader.variables['EXECUTION'] = executionArn ?? '';
    expect(await runbook('rollout-failed', 'list-executions')).toContain('ExecutionFailed');
    expect(await runbook('rollout-failed', 'redrive-execution')).toContain('redriveDate');
    // What is wrong with it is still wrong.
    expect(await execution()).toMatchObject({ redriveCount: 1 });
    expect(await runbook('rollout-failed', 'lambda invoke')).not.toContain('FunctionError');
  });

  it('gives a payload that was given up another try', async () => {
    let isBroken = true;
    faults(fleet.world).onCall(({ operation }) =>
      isBroken && operation === 'CreateImageRecipe'
        ? { error: { code: 'ServiceException', status: 500 } }
        : 'proceed',
    );
    await fleet.infra.upload('payloads/again.sh', examplePayload('harden.sh'));
    await pass(5 * hour);
    expect(await runbook('payload-dead-letters', 'message-failed')).toContain('ServiceException');
    isBroken = false;
    await runbook('payload-dead-letters', 'start-message-move-task');
    await pass(8 * hour);
    expect(await newestVersion()).toMatchObject({
      payload: { key: 'payloads/again.sh' },
      state: 'stable',
    });
  });

  it('takes it away again', async () => {
    await deployment('delete-stack');
    await pass(hour);
    expect((await fleet.infra.stack())?.StackStatus).toBeUndefined();
  });

  it('has followed every block of AWS commands', () => {
    const all = docBlocks().filter(({ as }) => as !== undefined);
    expect(
      all.map(({ file, line }) => `${file}:${line}`).filter((one) => !followed.has(one)),
    ).toEqual([]);
  });
});
