import { describe, expect, it } from '@jest/globals';
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  EC2Client,
  type LaunchTemplate,
} from '@aws-sdk/client-ec2';
import { DeleteStackCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { ec2 } from './operations.ts';

const image = 'ami-0123456789abcdef0';
const otherImage = 'ami-0fedcba9876543210';

const templateOf = (properties: object): object => ({
  Resources: { Web: { Type: 'AWS::EC2::LaunchTemplate', Properties: properties } },
  Outputs: {
    Id: { Value: { Ref: 'Web' } },
    SameId: { Value: { 'Fn::GetAtt': ['Web', 'LaunchTemplateId'] } },
    Latest: { Value: { 'Fn::GetAtt': ['Web', 'LatestVersionNumber'] } },
    Default: { Value: { 'Fn::GetAtt': ['Web', 'DefaultVersionNumber'] } },
  },
});

const outputs = ({ Outputs = [] }: Stack): Record<string, string> =>
  Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );

const setUp = () => {
  const given = stackFixture([ec2]);
  const client = given.client(EC2Client);
  const found = async (id: string | undefined): Promise<LaunchTemplate | undefined> =>
    (await client.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id ?? ''] })))
      .LaunchTemplates?.[0];
  return { given, client, found };
};

const tags = (template: LaunchTemplate | undefined): Record<string, string> =>
  Object.fromEntries((template?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

describe('AWS::EC2::LaunchTemplate', () => {
  it('makes a template under a name of its own, with tags, and answers with its id', async () => {
    const { given, client, found } = setUp();
    const stack = await given.deploy(
      'fleet',
      templateOf({
        LaunchTemplateData: {
          ImageId: image,
          InstanceType: 't3.micro',
          EbsOptimized: 'true',
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: '40' } }],
        },
        TagSpecifications: [
          { ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'a' }] },
        ],
      }),
    );
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const { Id, SameId, Latest, Default } = outputs(stack);
    expect([SameId, Latest, Default]).toEqual([Id, '1', '1']);
    const template = await found(Id);
    expect(template?.LaunchTemplateName).toMatch(/^fleet-Web-/);
    expect(tags(template)).toMatchObject({
      team: 'a',
      'aws:cloudformation:logical-id': 'Web',
      'aws:cloudformation:stack-name': 'fleet',
    });
    const { LaunchTemplateVersions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: Id }),
    );
    expect(LaunchTemplateVersions?.[0]?.LaunchTemplateData).toEqual({
      ImageId: image,
      InstanceType: 't3.micro',
      EbsOptimized: true,
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 40 } }],
    });
  });

  it('makes a new version of changed data and leaves the default version alone', async () => {
    const { given, client } = setUp();
    const first = outputs(
      await given.deploy(
        'fleet',
        templateOf({ LaunchTemplateData: { ImageId: image, KeyName: 'k' } }),
      ),
    );
    const second = outputs(
      await given.update(
        'fleet',
        templateOf({
          LaunchTemplateData: { ImageId: otherImage },
          VersionDescription: 'next',
        }),
      ),
    );
    expect(second).toEqual({ ...first, Latest: '2', Default: '1' });
    const { LaunchTemplateVersions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: first['Id'] }),
    );
    expect(
      LaunchTemplateVersions?.map((version) => [
        version.VersionDescription,
        version.LaunchTemplateData,
      ]),
    ).toEqual([
      ['next', { ImageId: otherImage }],
      [undefined, { ImageId: image, KeyName: 'k' }],
    ]);
  });

  it('changes tags without a new version', async () => {
    const { given, found } = setUp();
    const withTags = (...Tags: object[]): object =>
      templateOf({
        LaunchTemplateData: { ImageId: image },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags }],
      });
    await given.deploy('fleet', withTags({ Key: 'a', Value: '1' }, { Key: 'b', Value: '1' }));
    const { Id, Latest } = outputs(
      await given.update('fleet', withTags({ Key: 'a', Value: '2' }, { Key: 'c', Value: '1' })),
    );
    expect(Latest).toBe('1');
    const { a, b, c } = tags(await found(Id));
    expect([a, b, c]).toEqual(['2', undefined, '1']);
  });

  it('is replaced under another name and deleted with its stack', async () => {
    const { given, found } = setUp();
    const named = (LaunchTemplateName: string): object =>
      templateOf({ LaunchTemplateName, LaunchTemplateData: { ImageId: image } });
    const { Id: first } = outputs(await given.deploy('fleet', named('one')));
    const { Id: second } = outputs(await given.update('fleet', named('two')));
    const gone = { name: 'InvalidLaunchTemplateId.NotFound' };
    await expect(found(first)).rejects.toMatchObject(gone);
    expect(await found(second)).toMatchObject({ LaunchTemplateName: 'two' });
    const { StackId } = await given.describe('fleet');
    await given.cfn.send(new DeleteStackCommand({ StackName: 'fleet' }));
    await given.settle(StackId ?? '');
    await expect(found(second)).rejects.toMatchObject(gone);
  });

  it('fails for tags of another resource type and for data that EC2 does not know', async () => {
    const { given } = setUp();
    const failed = await given.deploy(
      'tags',
      templateOf({
        LaunchTemplateData: { ImageId: image },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [] }],
      }),
    );
    expect(failed.StackStatus).toBe('ROLLBACK_COMPLETE');
    const unknown = await given.deploy(
      'data',
      templateOf({ LaunchTemplateData: { Image: image } }),
    );
    expect(unknown.StackStatus).toBe('ROLLBACK_COMPLETE');
  });
});
