import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { iam } from '../iam/operations.ts';
import { s3 } from '../s3/operations.ts';
import { widget, parameter } from '../../../test/stack-examples.ts';

describe('a role for CloudFormation', () => {
  const trusting = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
    });
  const prepare = async (service: string) => {
    const fixture = stackFixture([iam]);
    const { Role } = await fixture.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'deployer',
        AssumeRolePolicyDocument: trusting(service),
      }),
    );
    await fixture.world.scheduler.runFor(60_000);
    return { fixture, RoleARN: Role?.Arn ?? '' };
  };
  const template = { Resources: { P: parameter({}) } };

  it('makes the resources, now and whenever the stack changes', async () => {
    const { fixture, RoleARN } = await prepare('cloudformation.amazonaws.com');
    const stack = await fixture.deploy('s', template, { RoleARN });
    // The role has no policy, so that what it may not do shows who it was.
    expect(stack).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE', RoleARN });
    expect(await fixture.events('s')).toContainEqual(
      expect.stringContaining(
        'arn:aws:sts::111111111111:assumed-role/deployer/AWSCloudFormation is not authorized to perform: ssm:PutParameter',
      ),
    );
  });

  it('has to trust CloudFormation', async () => {
    const { fixture, RoleARN } = await prepare('lambda.amazonaws.com');
    await expect(fixture.create('s', template, { RoleARN })).rejects.toThrow(
      `Role ${RoleARN} is invalid or cannot be assumed`,
    );
    await expect(
      fixture.create('s', template, { RoleARN: 'a-role-called-deployer' }),
    ).rejects.toThrow('a-role-called-deployer is not a valid RoleARN');
  });

  it('has to be passed by the caller, but only once', async () => {
    const { fixture, RoleARN } = await prepare('cloudformation.amazonaws.com');
    fixture.addUser('ops', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['cloudformation:*', 'ssm:*'], Resource: '*' },
    });
    const cfn = fixture.client(CloudFormationClient, { user: 'ops' });
    const TemplateBody = JSON.stringify(template);
    await expect(
      cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody, RoleARN })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`iam:PassRole on resource: ${RoleARN}`),
    });
    await fixture.deploy('s', { Resources: { A: widget() } }, { RoleARN });
    await cfn.send(
      new UpdateStackCommand({
        StackName: 's',
        TemplateBody: JSON.stringify({ Resources: { A: widget(), P: parameter({}) } }),
      }),
    );
    await fixture.settle('s');
    expect(await fixture.events('s')).toContainEqual(
      expect.stringContaining('assumed-role/deployer/AWSCloudFormation is not authorized'),
    );
  });
});

describe('a template in a bucket', () => {
  const template = {
    Resources: { P: parameter({ Name: '/p' }) },
    Metadata: { x: 'x'.repeat(60_000) },
  };

  it('is read as the caller, up to a megabyte', async () => {
    const fixture = stackFixture([s3]);
    const client = fixture.client(S3Client);
    await client.send(
      new CreateBucketCommand({
        Bucket: 'templates',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    const put = (Key: string, body: object) =>
      client.send(new PutObjectCommand({ Bucket: 'templates', Key, Body: JSON.stringify(body) }));
    await put('a/t.json', template);
    await put('big.json', { ...template, Metadata: { x: 'x'.repeat(1_000_000) } });
    const url = (key: string) => ({
      TemplateBody: undefined,
      TemplateURL: `https://templates.s3.eu-west-1.amazonaws.com/${key}`,
    });
    expect((await fixture.deploy('s', {}, url('a/t.json'))).StackStatus).toBe('CREATE_COMPLETE');
    await expect(fixture.create('t', {}, url('big.json'))).rejects.toThrow(
      'Template may not exceed 1000000 bytes in size.',
    );
    await expect(fixture.create('t', {}, url('none.json'))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('S3 error: '),
    });
    await expect(
      fixture.create('t', {}, { TemplateBody: undefined, TemplateURL: 'https://example.com/t' }),
    ).rejects.toThrow('TemplateURL must be a supported URL.');
    fixture.addUser('ops', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' },
    });
    await expect(
      fixture
        .client(CloudFormationClient, { user: 'ops' })
        .send(new CreateStackCommand({ StackName: 't', TemplateURL: url('a/t.json').TemplateURL })),
    ).rejects.toThrow('S3 error: ');
  });
});
