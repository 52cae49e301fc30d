import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

import {
  type FleetParameterName,
  fleetParameterNames,
  fleetParameters,
} from '@golden/constructs/fleet-parameters.ts';
import { lineParameters } from '@golden/constructs/line-parameters.ts';

/** Every value that a workload stack is given, and the conditions that follow from those values. */
export interface WorkloadParameters {
  readonly environmentName: CfnParameter;
  readonly homeRegion: CfnParameter;
  readonly infraAccount: CfnParameter;
  readonly awsOrgId: CfnParameter;
  readonly reachAccountRoleArn: CfnParameter;
  readonly imagePrefix: CfnParameter;
  readonly clusterName: CfnParameter;
  readonly sampleLaunchTemplate: CfnParameter;
  readonly sampleAutoScalingGroup: CfnParameter;
  readonly logRetentionDays: CfnParameter;
  /** What the infra stack decides for all accounts. */
  readonly fleet: Readonly<Record<FleetParameterName, CfnParameter>>;
  readonly conditions: WorkloadConditions;
}

interface WorkloadConditions {
  /** This is the line's home Region, where its global resources are. */
  readonly isHome: CfnCondition;
  readonly givesPrefix: CfnCondition;
  readonly givesCluster: CfnCondition;
  readonly givesTemplate: CfnCondition;
  readonly givesGroup: CfnCondition;
  readonly managesGrants: CfnCondition;
  readonly makesLogsPolicy: CfnCondition;
  readonly makesGroupPolicy: CfnCondition;
}

/**
 * Declares the parameters directly on the stack, because the names are what people type. In a StackSet the infra stack
 * gives those that belong to the organization; the others have defaults, since new accounts get no overrides.
 */
export const defineParameters = (stack: Stack): WorkloadParameters => {
  const environmentName = new CfnParameter(stack, 'EnvironmentName', {
    description: 'Image line that this stack takes images of.',
    ...lineParameters.environmentName,
  });
  const homeRegion = new CfnParameter(stack, 'HomeRegion', {
    description: 'Region of the infra stack; the invoker role is made here only.',
    allowedPattern: '^[a-z]{2}(-[a-z]+){1,3}-[0-9]$',
    constraintDescription: 'A Region such as eu-west-1.',
  });
  const infraAccount = new CfnParameter(stack, 'InfraAccount', {
    description: 'Account of the infra stack: the only owner whose images are taken.',
    allowedPattern: '^[0-9]{12}$',
    constraintDescription: 'Twelve digits.',
  });
  const awsOrgId = new CfnParameter(stack, 'AWSOrgID', {
    description: 'Id of the AWS organization of both accounts.',
    ...lineParameters.awsOrgId,
  });
  const reachAccountRoleArn = new CfnParameter(stack, 'ReachAccountRoleArn', {
    description:
      'Output ReachAccountRoleArn of the infra stack: the one role that may call the handler.',
    allowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$',
    constraintDescription: 'The ARN of a role.',
  });
  const imagePrefix = new CfnParameter(stack, 'ImagePrefix', {
    description: 'How the name of an image begins. Empty: EnvironmentName.',
    default: '',
    allowedPattern: '^[A-Za-z0-9()./_-]{0,100}$',
    constraintDescription: 'Empty, or the beginning of an image name.',
  });
  const clusterName = new CfnParameter(stack, 'ClusterName', {
    description:
      'ECS cluster whose errors count and where new instances register. Empty: errors of all count; the cluster of a group is found from its instances.',
    default: '',
    allowedPattern: '^[A-Za-z0-9_-]{0,255}$',
    constraintDescription: 'Empty, or the name of a cluster.',
  });
  const sampleLaunchTemplate = new CfnParameter(stack, 'SampleLaunchTemplate', {
    description: 'The only launch template that may get new versions. Empty: any.',
    default: '',
    allowedPattern: '^(|lt-[0-9a-f]{8,17})$',
    constraintDescription: 'Empty, or the id of a launch template.',
  });
  const sampleAutoScalingGroup = new CfnParameter(stack, 'SampleAutoScalingGroup', {
    description:
      'The only Auto Scaling group to move. Empty: those tagged golden:line with the value of EnvironmentName.',
    default: '',
    allowedPattern: '^[A-Za-z0-9_+=,.@/#-]{0,255}$',
    constraintDescription: 'Empty, or a group name without spaces.',
  });
  const logRetentionDays = new CfnParameter(stack, 'LogRetentionDays', {
    description: 'Days for which logs are kept.',
    ...lineParameters.logRetentionDays,
  });
  const fleet = Object.fromEntries(
    fleetParameterNames.map((name) => [
      name,
      new CfnParameter(stack, name, { ...fleetParameters[name] }),
    ]),
  ) as Record<FleetParameterName, CfnParameter>;

  const given = (id: string, parameter: CfnParameter) =>
    new CfnCondition(stack, id, {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
    });
  const is = (id: string, parameter: CfnParameter, value: string) =>
    new CfnCondition(stack, id, {
      expression: Fn.conditionEquals(parameter.valueAsString, value),
    });
  return {
    environmentName,
    homeRegion,
    infraAccount,
    awsOrgId,
    reachAccountRoleArn,
    imagePrefix,
    clusterName,
    sampleLaunchTemplate,
    sampleAutoScalingGroup,
    logRetentionDays,
    fleet,
    conditions: {
      isHome: new CfnCondition(stack, 'IsHome', {
        expression: Fn.conditionEquals(Aws.REGION, homeRegion.valueAsString),
      }),
      givesPrefix: given('GivesPrefix', imagePrefix),
      givesCluster: given('GivesCluster', clusterName),
      givesTemplate: given('GivesTemplate', sampleLaunchTemplate),
      givesGroup: given('GivesGroup', sampleAutoScalingGroup),
      managesGrants: is('ManagesGrants', fleet.ManageKmsGrants, 'true'),
      makesLogsPolicy: is('MakesLogsPolicy', fleet.LogsPolicy, 'account'),
      makesGroupPolicy: is('MakesGroupPolicy', fleet.LogsPolicy, 'group'),
    },
  };
};

/** The value of a parameter, or something else where it is empty. */
export const valueOr = (given: CfnCondition, parameter: CfnParameter, other: string): string =>
  Fn.conditionIf(given.logicalId, parameter.valueAsString, other).toString();

/** The groups in which the CloudFormation console shows the parameters. */
export const parameterGroups = [
  {
    label: 'Where images come from (the StackSet fills this in)',
    parameters: [
      'EnvironmentName',
      'HomeRegion',
      'InfraAccount',
      'AWSOrgID',
      'ReachAccountRoleArn',
      'ImagePrefix',
    ],
  },
  {
    label: 'What is moved',
    parameters: [
      'SampleAutoScalingGroup',
      'SampleLaunchTemplate',
      'ClusterName',
      'InstanceRolePattern',
      'ManageKmsGrants',
      'AllowUnreleasedTemplateChange',
    ],
  },
  {
    label: 'When a group moves back',
    parameters: [
      'BakeSeconds',
      'InstanceWarmupSeconds',
      'RegistrationGraceSeconds',
      'LateRollbackWindowHours',
      'EcsErrorThreshold',
    ],
  },
  { label: 'Logs', parameters: ['LogsPolicy', 'LogRetentionDays'] },
] as const;

export const parameterPage = { name: 'workload template', groups: parameterGroups };
