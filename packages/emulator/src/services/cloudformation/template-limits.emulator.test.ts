import { describe, expect, it } from '@jest/globals';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  organizationFixture,
  type OrganizationFixture,
} from '../../../test/organization-fixture.ts';
import { stackFixture } from '../../../test/stack-fixture.ts';

const bodyBytesMax = 51_200;
const objectBytesMax = 1_000_000;
const Resources = {
  Note: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: '1' } },
};

/** A template of exactly so many bytes. */
function templateOf(bytes: number): object {
  const padded = (pad: string) => ({ Resources, Metadata: { pad } });
  return padded('x'.repeat(bytes - JSON.stringify(padded('')).length));
}

/** Puts a template of exactly so many bytes into a bucket of the StackSet's administrator; its URL. */
async function uploaded(fixture: OrganizationFixture, bytes: number): Promise<string> {
  const s3 = fixture.client(S3Client, 'tooling');
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'templates-of-tooling',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  await s3.send(
    new PutObjectCommand({
      Bucket: 'templates-of-tooling',
      Key: 't.json',
      Body: JSON.stringify(templateOf(bytes)),
    }),
  );
  return 'https://templates-of-tooling.s3.eu-west-1.amazonaws.com/t.json';
}

describe('the body of a template', () => {
  it('of a stack has at most 51,200 bytes', async () => {
    const fixture = stackFixture();
    expect((await fixture.deploy('s', templateOf(bodyBytesMax))).StackStatus).toBe(
      'CREATE_COMPLETE',
    );
    await expect(fixture.create('t', templateOf(bodyBytesMax + 1))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('51200'),
    });
  });

  it('of a StackSet has at most 51,200 bytes', async () => {
    const fixture = await organizationFixture();
    await expect(fixture.createStackSet(templateOf(bodyBytesMax + 1))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('51200'),
    });
    await fixture.createStackSet(templateOf(bodyBytesMax));
    expect(await fixture.settle(await fixture.deploy())).toMatchObject({ Status: 'SUCCEEDED' });
  });

  it('counts bytes, not characters', async () => {
    const wide = { Resources, Metadata: { pad: '\u00e9'.repeat(bodyBytesMax / 2) } };
    await expect(stackFixture().create('t', wide)).rejects.toThrow('51200');
  });
});

describe('a template by URL', () => {
  it('of a StackSet has at most a million bytes', async () => {
    const small = await organizationFixture();
    await small.createStackSet(Resources, {
      TemplateBody: undefined,
      TemplateURL: await uploaded(small, objectBytesMax),
    });
    const large = await organizationFixture();
    const TemplateURL = await uploaded(large, objectBytesMax + 1);
    await expect(
      large.createStackSet(Resources, { TemplateBody: undefined, TemplateURL }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('1000000'),
    });
  });
});

describe('a macro', () => {
  const asTransform = { Transform: 'AWS::LanguageExtensions', Resources };
  const asFunction = {
    Resources: {
      Note: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::Transform': { Name: 'AWS::Include' } } },
      },
    },
  };

  it.each([
    ['of the template', asTransform],
    ['of a property', asFunction],
  ])('%s keeps a stack from being created', async (_, template) => {
    const fixture = stackFixture();
    await expect(
      fixture.create('s', template, { Capabilities: ['CAPABILITY_AUTO_EXPAND'] }),
    ).rejects.toThrow('Transform');
    await expect(fixture.describe('s')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('of the template keeps a StackSet from being created', async () => {
    const fixture = await organizationFixture();
    await expect(
      fixture.createStackSet(asTransform, { Capabilities: ['CAPABILITY_AUTO_EXPAND'] }),
    ).rejects.toThrow('Transform');
    await expect(fixture.deploy()).rejects.toMatchObject({ name: 'StackSetNotFoundException' });
  });

  // API reference, CreateStackSet, Capabilities: with service-managed permissions the operation fails.
  it('of a property makes the operation of a StackSet fail', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(asFunction, { Capabilities: ['CAPABILITY_AUTO_EXPAND'] });
    const operationId = await fixture.deploy();
    expect(await fixture.settle(operationId)).toMatchObject({ Status: 'FAILED' });
    const [result] = await fixture.results(operationId);
    expect(result).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringContaining('Transform'),
    });
  });
});
