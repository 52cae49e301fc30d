import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

import {
  type FleetParameterName,
  fleetParameterNames,
  fleetParameters,
} from '@golden/constructs/fleet-parameters.ts';
import { lineParameters } from '@golden/constructs/line-parameters.ts';
import { type ParameterGroup } from '@golden/constructs/parameters-page.ts';

import { defineOtherRegions, type DistributionRegion, isGiven } from './distribution-regions.ts';
import {
  defineRolloutParameters,
  rolloutParameterNames,
  type RolloutParameters,
} from './rollout-parameters.ts';

/** Every value that a person gives to the infra stack, and the conditions that follow from those values. */
export interface InfraParameters {
  readonly environmentName: CfnParameter;
  readonly bucketName: CfnParameter;
  readonly existingBucketName: CfnParameter;
  readonly parentImageParameter: CfnParameter;
  readonly amazonLinux2023EcsOptimizedAmiId: CfnParameter;
  readonly parentWatch: CfnParameter;
  readonly parentWatchSchedule: CfnParameter;
  readonly buildInstanceType: CfnParameter;
  readonly publicSubnet: CfnParameter;
  readonly defaultSecurityGroup: CfnParameter;
  readonly imageTestTimeoutMinutes: CfnParameter;
  readonly componentRevision: CfnParameter;
  readonly awsOrgId: CfnParameter;
  readonly managementAccountId: CfnParameter;
  readonly organizationalUnitArns: CfnParameter;
  readonly workloadOrganizationalUnitIds: CfnParameter;
  /** What every workload account is told about moving its groups. */
  readonly fleet: Readonly<Record<FleetParameterName, CfnParameter>>;
  readonly rollout: RolloutParameters;
  readonly otherRegions: readonly DistributionRegion[];
  readonly amiKmsKeyId: CfnParameter;
  readonly notificationEmail: CfnParameter;
  readonly logRetentionDays: CfnParameter;
  readonly conditions: InfraConditions;
}

interface InfraConditions {
  readonly createsBucket: CfnCondition;
  readonly namesBucket: CfnCondition;
  readonly fixesParent: CfnCondition;
  readonly sharesWithOrganization: CfnCondition;
  readonly sharesWithUnits: CfnCondition;
  readonly sharesWithAnyone: CfnCondition;
  readonly hasWorkloadUnits: CfnCondition;
  readonly rollsOut: CfnCondition;
  readonly encryptsImages: CfnCondition;
  readonly hasNotificationEmail: CfnCondition;
}

const bucketNamePattern = '^(|[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$';

/**
 * Declares the parameters directly on the stack, because the names are what people type.
 *
 * Names of the product's predecessors stay where their meaning stays. `AccountOrganization` went: it held the same
 * organization id as `AWSOrgID`; what sharing needs besides is the account in the organization's ARN.
 */
export const defineParameters = (stack: Stack): InfraParameters => {
  const environmentName = new CfnParameter(stack, 'EnvironmentName', {
    description:
      'Name of the image line: the stream of golden images that this stack builds. One stack per line, Region and account; it is the name of the image recipe and part of the image names.',
    ...lineParameters.environmentName,
  });
  const bucketName = new CfnParameter(stack, 'BucketName', {
    description:
      'Name of the payload bucket that this stack creates. Empty: CloudFormation makes a name up. Ignored when ExistingBucketName is given.',
    default: '',
    allowedPattern: bucketNamePattern,
    constraintDescription:
      'Empty, or 3 to 63 lower-case letters, digits and hyphens (no dots, they break TLS).',
  });
  const existingBucketName = new CfnParameter(stack, 'ExistingBucketName', {
    description:
      'Name of a payload bucket that exists already, usually the one that an earlier stack of this line left behind. It is used as it is: versioning, EventBridge notifications and the TLS-only policy were switched on by the stack that created it and stay on; for any other bucket switch them on first: without events uploads go unnoticed, without versioning they are not accepted and hold up the queue. Empty: this stack creates a bucket.',
    default: '',
    allowedPattern: bucketNamePattern,
    constraintDescription: 'Empty, or the name of a bucket in this account and Region.',
  });

  const parentImageParameter = new CfnParameter(stack, 'ParentImageParameter', {
    description:
      'Public SSM parameter that names the parent image. Its processor architecture has to fit BuildInstanceType (for arm64: /aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id).',
    default: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    allowedPattern: '^/aws/service/[A-Za-z0-9._/-]{1,900}$',
    constraintDescription: 'A public parameter: a name below /aws/service/.',
  });
  const amazonLinux2023EcsOptimizedAmiId = new CfnParameter(
    stack,
    'AmazonLinux2023EcsOptimizedAmiId',
    {
      description:
        'AMI that all images of the line are built on, fixed. Empty: follow ParentImageParameter.',
      default: '',
      allowedPattern: '^(|ami-[0-9a-f]{8}|ami-[0-9a-f]{17})$',
      constraintDescription: 'Empty, or an AMI id such as ami-0123456789abcdef0.',
    },
  );
  const parentWatch = new CfnParameter(stack, 'ParentWatch', {
    description:
      'ENABLED: the present payload is built again by itself when the parent image has moved. DISABLED: only an upload starts a build.',
    default: 'ENABLED',
    allowedValues: ['ENABLED', 'DISABLED'],
    constraintDescription: 'ENABLED or DISABLED.',
  });
  const parentWatchSchedule = new CfnParameter(stack, 'ParentWatchSchedule', {
    description: 'When to look whether the parent image has moved, in UTC (EventBridge Scheduler).',
    default: 'cron(0 4 * * ? *)',
    allowedPattern: '^(cron|rate)\\([0-9A-Za-z ,*?/#-]{1,200}\\)$',
    constraintDescription: 'cron(minute hour day month weekday year) or rate(value unit).',
  });

  const buildInstanceType = new CfnParameter(stack, 'BuildInstanceType', {
    description: 'Instance type on which images are built and tested.',
    default: 't3.medium',
    allowedPattern: '^[a-z][a-z0-9-]*\\.[a-z0-9-]+$',
    constraintDescription: 'An instance type such as t3.medium.',
  });
  const publicSubnet = new CfnParameter(stack, 'PublicSubnet', {
    type: 'AWS::EC2::Subnet::Id',
    description:
      'Subnet of the build and test instances. They need a way out to S3, Systems Manager and whatever the payload downloads: a public subnet that assigns public addresses, or a private one with NAT.',
  });
  const defaultSecurityGroup = new CfnParameter(stack, 'DefaultSecurityGroup', {
    type: 'AWS::EC2::SecurityGroup::Id',
    description:
      'Security group of the build and test instances, in the VPC of PublicSubnet. Outbound 443 is enough; nothing has to come in.',
  });
  const imageTestTimeoutMinutes = new CfnParameter(stack, 'ImageTestTimeoutMinutes', {
    type: 'Number',
    description: 'Minutes after which the test of a built image counts as failed.',
    default: 60,
    // The range of ImageTestsConfiguration.timeoutMinutes in the Image Builder API.
    minValue: 60,
    maxValue: 1440,
    constraintDescription: '60 to 1440 minutes.',
  });
  const componentRevision = new CfnParameter(stack, 'ComponentRevision', {
    type: 'Number',
    description:
      'Raise it by one if a stack update back to an earlier release of this template fails because the build component already exists. Components stay in the account, since finished images refer to them.',
    default: 0,
    minValue: 0,
    // The upper limit of a node of a semantic version in Image Builder: 2^30 - 1.
    maxValue: 1_073_741_823,
    constraintDescription: 'A whole number from 0 to 1073741823.',
  });

  const awsOrgId = new CfnParameter(stack, 'AWSOrgID', {
    description: 'Id of the AWS organization whose accounts may use the images.',
    ...lineParameters.awsOrgId,
  });
  const managementAccountId = new CfnParameter(stack, 'ManagementAccountId', {
    description:
      'Account id of the management account of AWSOrgID. Given: images are shared with the whole organization. Empty: they are shared with OrganizationalUnitArns only, or with nobody.',
    default: '',
    allowedPattern: '^(|[0-9]{12})$',
    constraintDescription: 'Empty, or twelve digits.',
  });
  const organizationalUnitArns = new CfnParameter(stack, 'OrganizationalUnitArns', {
    type: 'CommaDelimitedList',
    description:
      'Organizational units that images are shared with, by comma. Usually empty when ManagementAccountId is given.',
    default: '',
    allowedPattern:
      '^(|arn:aws[a-z-]*:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$',
    constraintDescription:
      'Empty, or full ARNs such as arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-11111111.',
  });

  const workloadOrganizationalUnitIds = new CfnParameter(stack, 'WorkloadOrganizationalUnitIds', {
    type: 'CommaDelimitedList',
    description:
      'Organizational units whose accounts get the workload stack, by comma; the id of the root stands for all. This account has to be a delegated administrator for StackSets, and the management account never gets a stack. Empty: no StackSet; deploy the workload template by hand.',
    default: '',
    allowedPattern: '^(|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$',
    constraintDescription: 'Empty, or ids such as ou-ab12-11111111 or r-ab12.',
  });
  const fleet = Object.fromEntries(
    fleetParameterNames.map((name) => [
      name,
      new CfnParameter(stack, name, { ...fleetParameters[name] }),
    ]),
  ) as Record<FleetParameterName, CfnParameter>;

  const rollout = defineRolloutParameters(stack);

  const otherRegions = defineOtherRegions(stack);
  const amiKmsKeyId = new CfnParameter(stack, 'AmiKmsKeyId', {
    description:
      'Id of a multi-Region customer managed key of this account, with a replica in each of Region2 to Region4 that is given, to encrypt the images with. Its key policy has to let the accounts of the organization use it. Empty: images carry no encryption of their own, which every account can launch.',
    default: '',
    allowedPattern: '^(|mrk-[0-9a-f]{32})$',
    constraintDescription:
      'Empty, or the id of a multi-Region key: mrk- and 32 hexadecimal digits.',
  });

  const notificationEmail = new CfnParameter(stack, 'NotificationEmail', {
    description:
      'Address that receives notices and alarms; AWS asks it to confirm first. Empty: subscribe to the notices topic yourself.',
    default: '',
    allowedPattern: '^(|[^@\\s]{1,64}@[^@\\s]{1,190}\\.[^@\\s]{2,63})$',
    constraintDescription: 'Empty, or one e-mail address.',
  });
  const logRetentionDays = new CfnParameter(stack, 'LogRetentionDays', {
    description: 'Days for which logs of functions and builds are kept.',
    ...lineParameters.logRetentionDays,
  });

  const given = (id: string, parameter: CfnParameter) =>
    new CfnCondition(stack, id, { expression: isGiven(parameter.valueAsString) });
  const sharesWithOrganization = given('SharesWithOrganization', managementAccountId);
  const sharesWithUnits = new CfnCondition(stack, 'SharesWithUnits', {
    expression: isGiven(Fn.join('', organizationalUnitArns.valueAsList)),
  });
  return {
    environmentName,
    bucketName,
    existingBucketName,
    parentImageParameter,
    amazonLinux2023EcsOptimizedAmiId,
    parentWatch,
    parentWatchSchedule,
    buildInstanceType,
    publicSubnet,
    defaultSecurityGroup,
    imageTestTimeoutMinutes,
    componentRevision,
    awsOrgId,
    managementAccountId,
    organizationalUnitArns,
    workloadOrganizationalUnitIds,
    fleet,
    rollout,
    otherRegions,
    amiKmsKeyId,
    notificationEmail,
    logRetentionDays,
    conditions: {
      createsBucket: new CfnCondition(stack, 'CreatesBucket', {
        expression: Fn.conditionEquals(existingBucketName.valueAsString, ''),
      }),
      namesBucket: given('NamesBucket', bucketName),
      fixesParent: given('FixesParent', amazonLinux2023EcsOptimizedAmiId),
      sharesWithOrganization,
      sharesWithUnits,
      sharesWithAnyone: new CfnCondition(stack, 'SharesWithAnyone', {
        expression: Fn.conditionOr(sharesWithOrganization, sharesWithUnits),
      }),
      hasWorkloadUnits: new CfnCondition(stack, 'HasWorkloadUnits', {
        expression: isGiven(Fn.join('', workloadOrganizationalUnitIds.valueAsList)),
      }),
      rollsOut: new CfnCondition(stack, 'RollsOut', {
        expression: Fn.conditionEquals(rollout.rollout.valueAsString, 'ENABLED'),
      }),
      encryptsImages: given('EncryptsImages', amiKmsKeyId),
      hasNotificationEmail: given('HasNotificationEmail', notificationEmail),
    },
  };
};

/** The groups in which the CloudFormation console shows the parameters. */
export const parameterGroups = [
  {
    label: 'What every stack has to say',
    parameters: ['EnvironmentName', 'PublicSubnet', 'DefaultSecurityGroup', 'AWSOrgID'],
  },
  {
    label: 'Who may use the images, and where',
    parameters: [
      'ManagementAccountId',
      'OrganizationalUnitArns',
      'Region2',
      'Region3',
      'Region4',
      'AmiKmsKeyId',
    ],
  },
  {
    label: 'Workload accounts: who gets the stack, and how their groups are moved',
    parameters: ['WorkloadOrganizationalUnitIds', ...fleetParameterNames],
  },
  {
    label: 'How a rollout goes through the fleet',
    parameters: rolloutParameterNames,
  },
  {
    label: 'What images are built on',
    parameters: [
      'ParentImageParameter',
      'AmazonLinux2023EcsOptimizedAmiId',
      'ParentWatch',
      'ParentWatchSchedule',
      'BuildInstanceType',
      'ImageTestTimeoutMinutes',
    ],
  },
  { label: 'Payload bucket', parameters: ['BucketName', 'ExistingBucketName'] },
  {
    label: 'Operation',
    parameters: ['NotificationEmail', 'LogRetentionDays', 'ComponentRevision'],
  },
] as const satisfies readonly ParameterGroup[];

export const parameterPage = { name: 'infra template', groups: parameterGroups };
