import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEndpoint, type Endpoint } from '@golden/emulator';
import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';

const execute = promisify(execFile);

const hasCli = ((): boolean => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

// An extra witness: the SDK's client and the CLI were written by different people from the same models.
(hasCli ? describe : describe.skip)('the AWS CLI against a deployed line', () => {
  let stage: InfraStage;
  let endpoint: Endpoint;

  const aws = async (...args: readonly string[]): Promise<string> => {
    const { accessKeyId, secretAccessKey } = stage.infra.adminCredentials;
    const { stdout } = await execute(
      'aws',
      [...args, '--endpoint-url', endpoint.url, '--output', 'json'],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: '/nonexistent',
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_DEFAULT_REGION: stage.home,
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_PAGER: '',
          // `deploy` makes a second client, for S3, which does not hear of the option.
          AWS_ENDPOINT_URL: endpoint.url,
        },
      },
    );
    return stdout;
  };
  const json = async (...args: readonly string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await aws(...args)) as Record<string, unknown>;

  beforeAll(async () => {
    stage = await InfraStage.open({ settings: { pageSizeMax: 2 } });
    await stage.deploy();
    await stage.upload('payloads/harden.sh', '#!/bin/bash\necho hardened > /etc/motd\n');
    await stage.buildsSettle();
    endpoint = await openEndpoint(stage.world);
  });
  afterAll(() => endpoint.close());

  it('knows who it is', async () => {
    expect(await json('sts', 'get-caller-identity')).toMatchObject({
      Account: stage.infra.id,
      Arn: stage.infra.admin.arn,
    });
  });

  it('looks around: stack, table, queue, images, logs, alarms', async () => {
    const { Stacks } = await json(
      'cloudformation',
      'describe-stacks',
      '--stack-name',
      stage.stackName,
    );
    expect(Stacks).toMatchObject([{ StackStatus: 'CREATE_COMPLETE' }]);
    const table = stage.outputs['StateTableName'] ?? '';
    expect(
      ((await json('dynamodb', 'scan', '--table-name', table))['Items'] as unknown[]).length,
    ).toBe(3);
    expect(
      await json(
        'sqs',
        'get-queue-attributes',
        '--queue-url',
        stage.outputs['PayloadQueueUrl'] ?? '',
        '--attribute-names',
        'All',
      ),
    ).toMatchObject({ Attributes: { FifoQueue: 'true' } });
    expect(
      ((await json('ec2', 'describe-images', '--owners', 'self'))['Images'] as unknown[]).length,
    ).toBe(1);
    expect(
      ((await json('imagebuilder', 'list-image-recipes'))['imageRecipeSummaryList'] as unknown[])
        .length,
    ).toBe(2);
    expect(
      JSON.stringify(
        await json(
          'logs',
          'filter-log-events',
          '--log-group-name',
          stage.outputs['StartBuildLogGroup'] ?? '',
        ),
      ),
    ).toContain('build-started');
    expect(
      ((await json('cloudwatch', 'describe-alarms'))['MetricAlarms'] as unknown[]).length,
    ).toBe(readInfraTemplate().match(/"AWS::CloudWatch::Alarm"/g)?.length);
    expect(
      ((await json('organizations', 'describe-organization'))['Organization'] as { Id: string }).Id,
    ).toBe(stage.organization.id);
  });

  it('takes the parameters file of the repository for a deployment', async () => {
    const { Stacks } = await json(
      'cloudformation',
      'describe-stacks',
      '--stack-name',
      stage.stackName,
    );
    const given =
      (Stacks as { Parameters: { ParameterKey: string; ParameterValue: string }[] }[])[0]
        ?.Parameters ?? [];
    const file = new URL('../../../parameters/infra-account.json', import.meta.url);
    // Placeholders of what only the account knows; everything else stays as the file has it.
    const filled = (JSON.parse(readFileSync(file, 'utf8')) as string[]).map((line) => {
      const key = line.split('=')[0] ?? '';
      const known = given.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue ?? '';
      return /0{8}/.test(line) ? `${key}=${known}` : line;
    });
    const folder = mkdtempSync(join(tmpdir(), 'parameters-'));
    const parameters = join(folder, 'infra-account.json');
    writeFileSync(parameters, JSON.stringify(filled));
    stage.world.scheduler.startRealTime();
    try {
      const template = fileURLToPath(
        new URL('../../../dist/templates/infra-account.template.json', import.meta.url),
      );
      const answer = await aws(
        'cloudformation',
        'deploy',
        '--stack-name',
        'second-line',
        '--template-file',
        template,
        '--s3-bucket',
        `templates-${stage.infra.id}`,
        '--parameter-overrides',
        `file://${parameters}`,
        '--capabilities',
        'CAPABILITY_IAM',
        '--no-execute-changeset',
      );
      expect(answer).toContain('Changeset created successfully');
    } finally {
      stage.world.scheduler.stopRealTime();
      rmSync(folder, { recursive: true });
    }
  });

  it('copies a payload up and reads it back', async () => {
    const bucket = stage.outputs['PayloadBucketName'] ?? '';
    const file = new URL('../../../examples/payloads/harden.sh', import.meta.url).pathname;
    await aws('s3', 'cp', file, `s3://${bucket}/payloads/by cli+é.sh`);
    expect(await aws('s3', 'ls', `s3://${bucket}/payloads/`)).toContain('by cli+é.sh');
    expect(await aws('s3', 'cp', `s3://${bucket}/payloads/by cli+é.sh`, '-')).toContain(
      'set -euo pipefail',
    );
  });

  it('gets AWS errors in the form that it expects', async () => {
    await expect(
      aws(
        's3api',
        'get-object',
        '--bucket',
        stage.outputs['PayloadBucketName'] ?? '',
        '--key',
        'none',
        '/dev/null',
      ),
    ).rejects.toThrow(/NoSuchKey/);
    await expect(aws('cloudformation', 'describe-stacks', '--stack-name', 'none')).rejects.toThrow(
      /ValidationError.*does not exist/,
    );
    await expect(
      aws(
        'imagebuilder',
        'get-image',
        '--image-build-version-arn',
        `arn:aws:imagebuilder:eu-west-1:${stage.infra.id}:image/none/1.0.0/1`,
      ),
    ).rejects.toThrow(/ResourceNotFoundException/);
  });
});
