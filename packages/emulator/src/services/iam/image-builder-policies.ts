import { actions, allow, type PolicyStatement } from './policy-statement.ts';

// Source of both: AWS Managed Policy Reference, AWSServiceRoleForImageBuilder v27 and
// EC2InstanceProfileForImageBuilder v12. Left out are actions of services that are not part of this emulator.

const createdBy = 'EC2 Image Builder';
const requestTagged = { StringEquals: { 'aws:RequestTag/CreatedBy': createdBy } };
const requestTaggedAlsoFastLaunch = {
  StringEquals: { 'aws:RequestTag/CreatedBy': [createdBy, 'EC2 Fast Launch'] },
};
const resourceTagged = { StringEquals: { 'ec2:ResourceTag/CreatedBy': createdBy } };
const viaEc2 = { StringLike: { 'kms:ViaService': ['ec2.*.amazonaws.com'] } };
const ownAccount = { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } };

const ec2Statements: readonly PolicyStatement[] = [
  allow('ec2:RegisterImage', 'arn:aws:ec2:*::image/*', requestTagged),
  allow('ec2:RegisterImage', 'arn:aws:ec2:*::snapshot/*', resourceTagged),
  allow('ec2:RunInstances', [
    'arn:aws:ec2:*::image/*',
    'arn:aws:ec2:*::snapshot/*',
    'arn:aws:ec2:*:*:subnet/*',
    'arn:aws:ec2:*:*:network-interface/*',
    'arn:aws:ec2:*:*:security-group/*',
    'arn:aws:ec2:*:*:key-pair/*',
    'arn:aws:ec2:*:*:launch-template/*',
  ]),
  allow(
    'ec2:RunInstances',
    ['arn:aws:ec2:*:*:volume/*', 'arn:aws:ec2:*:*:instance/*'],
    requestTaggedAlsoFastLaunch,
  ),
  allow(
    actions('ec2', 'StopInstances', 'StartInstances', 'TerminateInstances'),
    '*',
    resourceTagged,
  ),
  allow(
    actions(
      'ec2',
      'CopyImage',
      'CreateImage',
      'CreateLaunchTemplate',
      'CreateLaunchTemplateVersion',
      'DeregisterImage',
      'DescribeHosts',
      'DescribeImages',
      'DescribeInstanceAttribute',
      'DescribeInstanceStatus',
      'DescribeInstanceTypeOfferings',
      'DescribeInstanceTypes',
      'DescribeInstances',
      'DescribeLaunchTemplateVersions',
      'DescribeLaunchTemplates',
      'DescribeSnapshots',
      'DescribeSubnets',
      'DescribeTags',
      'ModifyImageAttribute',
      'ModifyLaunchTemplate',
    ),
  ),
  allow('ec2:ModifySnapshotAttribute', 'arn:aws:ec2:*::snapshot/*', resourceTagged),
  allow('ec2:CreateTags', '*', {
    StringEquals: {
      'ec2:CreateAction': ['RunInstances', 'CreateImage'],
      'aws:RequestTag/CreatedBy': [createdBy, 'EC2 Fast Launch'],
    },
  }),
  allow('ec2:CreateTags', 'arn:aws:ec2:*::image/*'),
  allow(
    'ec2:CreateTags',
    ['arn:aws:ec2:*::snapshot/*', 'arn:aws:ec2:*:*:launch-template/*'],
    requestTaggedAlsoFastLaunch,
  ),
];

const ssmStatements: readonly PolicyStatement[] = [
  allow(
    actions(
      'ssm',
      'AddTagsToResource',
      'DescribeAssociationExecutions',
      'DescribeInstanceAssociationsStatus',
      'DescribeInstanceInformation',
      'GetAutomationExecution',
      'GetCommandInvocation',
      'ListCommandInvocations',
      'ListCommands',
      'ListInventoryEntries',
      'SendAutomationSignal',
      'StopAutomationExecution',
    ),
  ),
  allow('ssm:SendCommand', [
    'arn:aws:ssm:*:*:document/AWS-RunPowerShellScript',
    'arn:aws:ssm:*:*:document/AWS-RunShellScript',
    'arn:aws:ssm:*:*:document/AWSEC2-RunSysprep',
    'arn:aws:s3:::*',
  ]),
  allow('ssm:SendCommand', 'arn:aws:ec2:*:*:instance/*', {
    StringEquals: { 'ssm:resourceTag/CreatedBy': [createdBy] },
  }),
  allow(actions('ssm', 'CreateAssociation', 'DeleteAssociation'), [
    'arn:aws:ssm:*:*:document/AWS-GatherSoftwareInventory',
    'arn:aws:ssm:*:*:association/*',
    'arn:aws:ec2:*:*:instance/*',
  ]),
  allow(actions('ssm', 'GetParameter', 'PutParameter'), 'arn:aws:ssm:*:*:parameter/imagebuilder/*'),
  allow('ssm:GetParameter', 'arn:aws:ssm:*::parameter/aws/service/*'),
];

const kmsStatements: readonly PolicyStatement[] = [
  allow(
    actions(
      'kms',
      'Encrypt',
      'Decrypt',
      'ReEncryptFrom',
      'ReEncryptTo',
      'GenerateDataKeyWithoutPlaintext',
    ),
    '*',
    { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['aws:ebs:id'] }, ...viaEc2 },
  ),
  allow('kms:DescribeKey', '*', viaEc2),
  allow('kms:CreateGrant', '*', { Bool: { 'kms:GrantIsForAWSResource': 'true' }, ...viaEc2 }),
];

/** What Image Builder may do in an account by its service-linked role. */
export const imageBuilderServiceRole: readonly PolicyStatement[] = [
  ...ec2Statements,
  allow('iam:PassRole', '*', {
    StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'vmie.amazonaws.com'] },
  }),
  allow('iam:CreateServiceLinkedRole', '*', {
    StringEquals: { 'iam:AWSServiceName': ['ssm.amazonaws.com', 'ec2fastlaunch.amazonaws.com'] },
  }),
  allow('sns:Publish'),
  ...ssmStatements,
  ...kmsStatements,
  allow('sts:AssumeRole', 'arn:aws:iam::*:role/EC2ImageBuilderDistributionCrossAccountRole'),
  allow(
    actions('logs', 'CreateLogStream', 'CreateLogGroup', 'PutLogEvents'),
    'arn:aws:logs:*:*:log-group:/aws/imagebuilder/*',
  ),
  allow(
    actions('events', 'DeleteRule', 'DescribeRule', 'PutRule', 'PutTargets', 'RemoveTargets'),
    'arn:aws:events:*:*:rule/ImageBuilder-*',
  ),
  allow(
    actions('imagebuilder', 'StartImagePipelineExecution', 'TagResource'),
    'arn:aws:imagebuilder:*:*:image-pipeline/*',
    ownAccount,
  ),
];

/** What a build or test instance needs of Image Builder. */
export const imageBuilderInstanceProfile: readonly PolicyStatement[] = [
  allow(actions('ec2', 'DescribeVolumes', 'DescribeSnapshots')),
  allow('ec2:CreateSnapshot', 'arn:aws:ec2:*:*:snapshot/*', requestTagged),
  allow('ec2:CreateSnapshot', 'arn:aws:ec2:*:*:volume/*', {
    StringEquals: { 'aws:ResourceTag/CreatedBy': createdBy },
  }),
  allow('ec2:CreateTags', '*', {
    StringEquals: {
      'ec2:CreateAction': 'CreateSnapshot',
      'aws:RequestTag/CreatedBy': [createdBy],
    },
  }),
  allow('s3:GetObject', ['arn:aws:s3:::*/*.ISO', 'arn:aws:s3:::*/*.iso', 'arn:aws:s3:::*/*.Iso'], {
    StringEquals: { 's3:ResourceAccount': '${aws:PrincipalAccount}' },
  }),
  allow(actions('imagebuilder', 'GetComponent', 'GetMarketplaceResource')),
  allow('kms:Decrypt', '*', {
    'ForAnyValue:StringEquals': {
      'kms:EncryptionContextKeys': 'aws:imagebuilder:arn',
      'aws:CalledVia': ['imagebuilder.amazonaws.com'],
    },
  }),
  allow('s3:GetObject', 'arn:aws:s3:::ec2imagebuilder*'),
  allow(
    actions('logs', 'CreateLogStream', 'CreateLogGroup', 'PutLogEvents'),
    'arn:aws:logs:*:*:log-group:/aws/imagebuilder/*',
  ),
];
