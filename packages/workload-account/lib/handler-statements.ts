import { Aws, Fn } from 'aws-cdk-lib';

import { allow, type Statement } from '@golden/constructs/policy.ts';
import { groupTags } from '@golden/shared/model/group.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { type EcsErrorSignal } from './ecs-error-signal.ts';
import { infraBusArn } from './line-name.ts';
import { valueOr, type WorkloadParameters } from './parameters.ts';

const { line: lineTag, ...ownTags } = groupTags;
/** The tags that the handler keeps its memory in; it may set no other, and so cannot enrol a group. */
const memoryTags = Object.values(ownTags);

const inThisRegion = (service: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:`;
const ec2 = (resource: string): string => `${inThisRegion('ec2')}${resource}`;

/** What the handler may do: read, move enrolled groups, and what AWS asks of whoever moves a group. */
export const handlerStatements = (
  parameters: WorkloadParameters,
  signal: EcsErrorSignal,
): Statement[] => [
  ...readStatements(signal),
  ...moveStatements(parameters),
  ...launchStatements(parameters),
  grantKeys(parameters),
  allow({
    sid: 'TellInfra',
    actions: ['events:PutEvents'],
    resources: [infraBusArn(parameters)],
  }),
];

/** Lets Auto Scaling launch images that are encrypted under a key of the infra account, and grants nothing else. */
const grantKeys = ({ infraAccount, conditions }: WorkloadParameters): Statement =>
  allow({
    sid: 'GrantKeysToAutoScaling',
    actions: ['kms:CreateGrant'],
    resources: [
      Fn.join('', [
        `arn:${Aws.PARTITION}:kms:${Aws.REGION}:`,
        infraAccount.valueAsString,
        ':key/*',
      ]),
    ],
    conditions: {
      // A group may have a service-linked role of its own, whose name carries a suffix.
      StringLike: {
        'kms:GranteePrincipal': `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*`,
      },
      // Source: EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes".
      'ForAllValues:StringEquals': {
        'kms:GrantOperations': [
          'Encrypt',
          'Decrypt',
          'ReEncryptFrom',
          'ReEncryptTo',
          'GenerateDataKey',
          'GenerateDataKeyWithoutPlaintext',
          'DescribeKey',
          'CreateGrant',
        ],
      },
    },
    wildcardReason: 'Which key an image is encrypted with is known from the request only.',
    onlyIf: conditions.managesGrants,
  });

const readStatements = (signal: EcsErrorSignal): Statement[] => [
  allowEverywhere({
    sid: 'ReadGroups',
    actions: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeInstanceRefreshes'],
  }),
  allowEverywhere({
    sid: 'ReadImagesAndTemplates',
    actions: ['ec2:DescribeImages', 'ec2:DescribeInstances', 'ec2:DescribeLaunchTemplateVersions'],
  }),
  allowEverywhere({ sid: 'FindClusters', actions: ['ecs:ListClusters'] }),
  allow({
    sid: 'ReadAgents',
    actions: ['ecs:ListContainerInstances', 'ecs:DescribeContainerInstances'],
    resources: [`${inThisRegion('ecs')}cluster/*`, `${inThisRegion('ecs')}container-instance/*`],
    wildcardReason: 'The cluster of a group is found from its instances.',
  }),
  allow({
    sid: 'ReadAlarm',
    actions: ['cloudwatch:DescribeAlarms'],
    resources: [signal.alarmArn],
  }),
  allow({
    sid: 'SeeWhetherEventsArrive',
    actions: ['logs:DescribeLogStreams'],
    resources: [signal.logGroupArn],
  }),
];

/** A group is enrolled by its name or, unless a name is given, by its tag. */
const moveStatements = ({
  conditions,
  environmentName,
  sampleAutoScalingGroup,
}: WorkloadParameters): Statement[] => {
  const { givesGroup } = conditions;
  const resources = [
    Fn.join('', [
      `${inThisRegion('autoscaling')}autoScalingGroup:*:autoScalingGroupName/`,
      valueOr(givesGroup, sampleAutoScalingGroup, '*'),
    ]),
  ];
  const wildcardReason =
    'The id in the ARN is made up by AWS; without a name groups enrol by their tag, which is the condition.';
  const unlessNamed = (condition: object) =>
    Fn.conditionIf(givesGroup.logicalId, Aws.NO_VALUE, condition);
  const isEnrolled = {
    [`autoscaling:ResourceTag/${lineTag}`]: environmentName.valueAsString,
  };
  return [
    allow({
      sid: 'MoveGroups',
      actions: [
        'autoscaling:UpdateAutoScalingGroup',
        'autoscaling:StartInstanceRefresh',
        'autoscaling:CancelInstanceRefresh',
        'autoscaling:RollbackInstanceRefresh',
      ],
      resources,
      conditions: unlessNamed({ StringEquals: isEnrolled }),
      wildcardReason,
    }),
    allow({
      sid: 'RememberLastGood',
      actions: ['autoscaling:CreateOrUpdateTags'],
      resources,
      conditions: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': memoryTags },
        StringEquals: unlessNamed(isEnrolled),
      },
      wildcardReason,
    }),
  ];
};

/**
 * Auto Scaling checks that whoever sets a launch template could launch it: `ec2:RunInstances` with everything that the
 * template names, `iam:PassRole` and `ec2:CreateTags`. The owner of the image is left open: the image before ours, to
 * which a group may have to go back, is Amazon's.
 *
 * Source: EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups".
 */
const launchStatements = ({
  conditions,
  sampleLaunchTemplate,
  fleet,
}: WorkloadParameters): Statement[] => {
  const template = Fn.join('', [
    ec2('launch-template/'),
    valueOr(conditions.givesTemplate, sampleLaunchTemplate, '*'),
  ]);
  const templateReason =
    'Unless a template is given, those of enrolled groups are found by reading.';
  return [
    allow({
      sid: 'MakeTemplateVersions',
      actions: ['ec2:CreateLaunchTemplateVersion'],
      resources: [template],
      wildcardReason: templateReason,
    }),
    allow({
      sid: 'LaunchFromTemplate',
      actions: ['ec2:RunInstances'],
      resources: [
        template,
        `arn:${Aws.PARTITION}:ec2:${Aws.REGION}::image/*`,
        `arn:${Aws.PARTITION}:ec2:${Aws.REGION}::snapshot/*`,
        ...launchedResources.map((type) => ec2(`${type}/*`)),
      ],
      conditions: { ArnLike: { 'ec2:LaunchTemplate': template } },
      wildcardReason: 'What a launch uses is said by the template, which is the condition.',
    }),
    allow({
      sid: 'TagWhatIsLaunched',
      actions: ['ec2:CreateTags'],
      resources: taggedResources.map((type) => ec2(`${type}/*`)),
      conditions: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
      wildcardReason: 'Only what a launch is just making, which is the condition.',
    }),
    allow({
      sid: 'PassInstanceRole',
      actions: ['iam:PassRole'],
      resources: [
        Fn.join('', [
          `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/`,
          fleet.InstanceRolePattern.valueAsString,
        ]),
      ],
      conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    }),
  ];
};

/** Resource types of `ec2:RunInstances` in the Service Authorization Reference that a template can name. */
const launchedResources = [
  'instance',
  'volume',
  'network-interface',
  'security-group',
  'subnet',
  'key-pair',
  'placement-group',
  'capacity-reservation',
];
const taggedResources = ['instance', 'volume', 'network-interface', 'spot-instances-request'];
