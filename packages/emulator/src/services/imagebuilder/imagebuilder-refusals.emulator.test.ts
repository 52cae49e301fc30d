import { describe, expect, it } from '@jest/globals';
import {
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  DistributeImageCommand,
  ImagebuilderClient,
  ListImageRecipesCommand,
  ListImageScanFindingsCommand,
  RetryImageCommand,
  type AmiDistributionConfiguration,
  type CreateImagePipelineCommandInput,
  type CreateImageRecipeCommandInput,
  type Distribution,
} from '@aws-sdk/client-imagebuilder';
import { CreateDefaultVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { accountFixture } from '../../../test/account-fixture.ts';
import { parentParameter, region } from '../../../test/imagebuilder-fixture.ts';
import { ec2 } from '../ec2/operations.ts';
import { iam } from '../iam/operations.ts';
import { ssm } from '../ssm/operations.ts';
import { imagebuilder } from './operations.ts';

const account = '111111111111';
const image = `arn:aws:imagebuilder:${region}:${account}:image/line/1.0.0/1`;

function setUp() {
  const given = accountFixture([iam, ssm, ec2, imagebuilder]);
  const builder = given.client(ImagebuilderClient);
  return { given, builder };
}

const named = (member: string) => ({
  message: expect.stringMatching(new RegExp(`${member}.*not modelled by this emulator`)),
});

describe('what is not modelled of Image Builder is refused by name', () => {
  it.each<[string, Partial<Distribution>]>([
    [
      'licenseConfigurationArns',
      {
        licenseConfigurationArns: [
          'arn:aws:license-manager:eu-west-1:111111111111:license-configuration:lic-0123456789abcdef0123456789abcdef',
        ],
      },
    ],
    [
      'launchTemplateConfigurations',
      { launchTemplateConfigurations: [{ launchTemplateId: 'lt-0123456789abcdef0' }] },
    ],
    [
      's3ExportConfiguration',
      { s3ExportConfiguration: { roleName: 'r', diskImageFormat: 'RAW', s3Bucket: 'b' } },
    ],
    ['fastLaunchConfigurations', { fastLaunchConfigurations: [{ enabled: true }] }],
    [
      'ssmParameterConfigurations',
      { ssmParameterConfigurations: [{ parameterName: '/imagebuilder/x' }] },
    ],
  ])('in a distribution: %s', async (member, distribution) => {
    const distributions = [{ region, ...distribution }];
    await expect(
      setUp().builder.send(
        new CreateDistributionConfigurationCommand({ name: 'dist', distributions }),
      ),
    ).rejects.toMatchObject(named(member));
  });

  it('copies into other accounts', async () => {
    const amiDistributionConfiguration: AmiDistributionConfiguration = {
      targetAccountIds: ['222222222222'],
    };
    await expect(
      setUp().builder.send(
        new CreateDistributionConfigurationCommand({
          name: 'dist',
          distributions: [{ region, amiDistributionConfiguration }],
        }),
      ),
    ).rejects.toMatchObject(named('targetAccountIds'));
  });

  it.each<[string, Partial<CreateImagePipelineCommandInput>]>([
    ['schedule', { schedule: { scheduleExpression: 'cron(0 0 * * ? *)' } }],
    [
      'workflows',
      {
        workflows: [
          { workflowArn: `arn:aws:imagebuilder:${region}:aws:workflow/test/test-image/x.x.x` },
        ],
      },
    ],
    ['imageScanningEnabled', { imageScanningConfiguration: { imageScanningEnabled: true } }],
    [
      'containerRecipeArn',
      { containerRecipeArn: `arn:aws:imagebuilder:${region}:${account}:container-recipe/c/1.0.0` },
    ],
  ])('in a pipeline: %s', async (member, input) => {
    await expect(
      setUp().builder.send(
        new CreateImagePipelineCommand({
          name: 'pipe',
          imageRecipeArn: `arn:aws:imagebuilder:${region}:${account}:image-recipe/line/1.0.0`,
          infrastructureConfigurationArn: `arn:aws:imagebuilder:${region}:${account}:infrastructure-configuration/infra`,
          ...input,
        }),
      ),
    ).rejects.toMatchObject(named(member));
  });

  it.each<[string, Partial<CreateImageRecipeCommandInput>]>([
    [
      'userDataOverride',
      { additionalInstanceConfiguration: { userDataOverride: 'IyEvYmluL2Jhc2gK' } },
    ],
    [
      'uninstallAfterBuild',
      { additionalInstanceConfiguration: { systemsManagerAgent: { uninstallAfterBuild: true } } },
    ],
    ['noDevice', { blockDeviceMappings: [{ deviceName: '/dev/xvda', noDevice: '' }] }],
  ])('in a recipe: %s', async (member, input) => {
    await expect(
      setUp().builder.send(
        new CreateImageRecipeCommand({
          name: 'line',
          semanticVersion: '1.0.0',
          parentImage: parentParameter,
          ...input,
        }),
      ),
    ).rejects.toMatchObject(named(member));
  });

  it('the text of a component behind a URI, and platforms but Linux', async () => {
    const { builder } = setUp();
    const make = (input: { platform: 'Linux' | 'Windows'; uri?: string; data?: string }) =>
      builder.send(
        new CreateComponentCommand({ name: 'part', semanticVersion: '1.0.0', ...input }),
      );
    await expect(make({ platform: 'Linux', uri: 's3://b/c.yml' })).rejects.toMatchObject(
      named('uri'),
    );
    await expect(make({ platform: 'Windows', data: 'x' })).rejects.toMatchObject(named('Windows'));
  });

  it('the placement of build instances', async () => {
    await expect(
      setUp().builder.send(
        new CreateInfrastructureConfigurationCommand({
          name: 'infra',
          instanceProfileName: 'builder',
          placement: { tenancy: 'dedicated' },
        }),
      ),
    ).rejects.toMatchObject(named('placement'));
  });

  it('operations: distribution without a build, another try, findings of scans', async () => {
    const { given, builder } = setUp();
    await given.client(EC2Client).send(new CreateDefaultVpcCommand({}));
    for (const command of [
      new DistributeImageCommand({
        sourceImage: image,
        distributionConfigurationArn: `arn:aws:imagebuilder:${region}:${account}:distribution-configuration/d`,
        executionRole: `arn:aws:iam::${account}:role/r`,
      }),
      new RetryImageCommand({ imageBuildVersionArn: image }),
      new ListImageScanFindingsCommand({}),
    ])
      await expect(builder.send(command as RetryImageCommand)).rejects.toMatchObject({
        name: 'NotImplemented',
        $metadata: { httpStatusCode: 501 },
      });
  });

  it('filters of lists, also of an empty one', async () => {
    await expect(
      setUp().builder.send(
        new ListImageRecipesCommand({ filters: [{ name: 'colour', values: ['red'] }] }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});
