import { Aws, Fn, type CfnCondition } from 'aws-cdk-lib';
import {
  CfnDistributionConfiguration,
  CfnImagePipeline,
  CfnImageRecipe,
  CfnInfrastructureConfiguration,
} from 'aws-cdk-lib/aws-imagebuilder';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { stackSuffix } from '@golden/constructs/stack-suffix.ts';

import { type ApplyPayloadComponent } from './apply-payload-component.ts';
import { BuildInstance } from './build-instance.ts';
import { type DistributionRegion } from './distribution-regions.ts';
import { type InfraParameters } from './parameters.ts';
import { buildLogPrefix, type PayloadBucket } from './payload-bucket.ts';

/** The key of the tag that says which line an image belongs to. */
const lineTag = 'golden:line';

interface ImagePipelineProps {
  readonly parameters: InfraParameters;
  readonly bucket: PayloadBucket;
  readonly component: ApplyPayloadComponent;
  readonly imagesTopicArn: string;
}

/**
 * The Image Builder pipeline. It names the recipe by the wildcard `<line>/1.0.x`, so that a recipe made for a payload is
 * built without touching the pipeline; Image Builder is never asked to update it, only CloudFormation does.
 */
export class ImagePipeline extends Construct {
  readonly arn: string;
  readonly recipeName: string;
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    const { parameters, bucket, component } = props;
    const line = parameters.environmentName.valueAsString;
    // Create-only names: changed, they would make a second stack of the same line or a replacement collide.
    const uniqueName = Fn.join('-', [line, stackSuffix()]);

    // Exists so that the wildcard resolves before the first payload; never built. Nothing but literals and the name:
    // all of it is create-only, and a replacement would be refused, because it would have the same name and version.
    const firstRecipe = new CfnImageRecipe(this, 'FirstRecipe', {
      name: line,
      version: '1.0.0',
      parentImage: 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    });

    // Below /aws/imagebuilder/ the service may write by itself.
    const log = new CfnLogGroup(this, 'Log', {
      logGroupName: Fn.join('', ['/aws/imagebuilder/', uniqueName]),
      retentionInDays: parameters.logRetentionDays.valueAsNumber,
    });
    const instance = new BuildInstance(this, 'Build', {
      bucket,
      component,
      logGroupArn: log.attrArn,
    });
    const infrastructure = new CfnInfrastructureConfiguration(this, 'Infrastructure', {
      name: uniqueName,
      instanceProfileName: instance.instanceProfileName,
      instanceTypes: [parameters.buildInstanceType.valueAsString],
      subnetId: parameters.publicSubnet.valueAsString,
      securityGroupIds: [parameters.defaultSecurityGroup.valueAsString],
      instanceMetadataOptions: { httpTokens: 'required' },
      terminateInstanceOnFailure: true,
      snsTopicArn: props.imagesTopicArn,
      logging: {
        s3Logs: {
          s3BucketName: bucket.bucketName,
          s3KeyPrefix: buildLogPrefix.replace(/\/$/, ''),
        },
      },
      resourceTags: { [lineTag]: line },
    });
    const distribution = new CfnDistributionConfiguration(this, 'Distribution', {
      name: uniqueName,
      distributions: [
        homeDistribution(parameters),
        ...parameters.otherRegions.map((region) => otherDistribution(parameters, region)),
      ],
    });
    const pipeline = new CfnImagePipeline(this, 'Pipeline', {
      name: uniqueName,
      description: Fn.join('', ['Builds the newest payload of the golden image line ', line]),
      status: 'ENABLED',
      imageRecipeArn: Fn.join('', [
        `arn:${Aws.PARTITION}:imagebuilder:${Aws.REGION}:${Aws.ACCOUNT_ID}:image-recipe/`,
        line,
        '/1.0.x',
      ]),
      infrastructureConfigurationArn: infrastructure.attrArn,
      distributionConfigurationArn: distribution.attrArn,
      imageTestsConfiguration: {
        imageTestsEnabled: true,
        timeoutMinutes: parameters.imageTestTimeoutMinutes.valueAsNumber,
      },
      // Collecting it takes rights on the build instance that nothing else needs.
      enhancedImageMetadataEnabled: false,
      loggingConfiguration: { imageLogGroupName: log.ref },
    });
    pipeline.addResourceDependency(firstRecipe);

    this.arn = pipeline.attrArn;
    this.recipeName = line;
    this.logGroupName = log.ref;
    this.logGroupArn = log.attrArn;
  }
}

type Distribution = CfnDistributionConfiguration.DistributionProperty;

const homeDistribution = (parameters: InfraParameters): Distribution => ({
  region: Aws.REGION,
  amiDistributionConfiguration: imageProperties(parameters),
});

const otherDistribution = (
  parameters: InfraParameters,
  { parameter, isUsed }: DistributionRegion,
) =>
  Fn.conditionIf(
    isUsed.logicalId,
    {
      Region: parameter.valueAsString,
      AmiDistributionConfiguration: {
        ...imageProperties(parameters),
        // Only for copies: the image in the home Region is encrypted by the recipe that it is built from.
        KmsKeyId: given(
          parameters.conditions.encryptsImages,
          Fn.join('', [
            `arn:${Aws.PARTITION}:kms:`,
            parameter.valueAsString,
            `:${Aws.ACCOUNT_ID}:key/`,
            parameters.amiKmsKeyId.valueAsString,
          ]),
        ),
      },
    },
    { Ref: 'AWS::NoValue' },
  );

/** In CloudFormation's own spelling, because the property has no typed form inside a condition. */
const imageProperties = (parameters: InfraParameters) => {
  const { sharesWithAnyone, sharesWithOrganization, sharesWithUnits } = parameters.conditions;
  const line = parameters.environmentName.valueAsString;
  return {
    // Image names are unique in a Region; the date makes them so.
    Name: Fn.join('', [line, ' {{ imagebuilder:buildDate }}']),
    Description: Fn.join('', ['Golden image of the line ', line]),
    AmiTags: { [lineTag]: line },
    LaunchPermissionConfiguration: given(sharesWithAnyone, {
      OrganizationArns: given(sharesWithOrganization, [
        Fn.join('', [
          `arn:${Aws.PARTITION}:organizations::`,
          parameters.managementAccountId.valueAsString,
          ':organization/',
          parameters.awsOrgId.valueAsString,
        ]),
      ]),
      OrganizationalUnitArns: given(sharesWithUnits, parameters.organizationalUnitArns.valueAsList),
    }),
  };
};

const given = (condition: CfnCondition, value: unknown) =>
  Fn.conditionIf(condition.logicalId, value, { Ref: 'AWS::NoValue' });
