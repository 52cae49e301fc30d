import { type CfnParameterProps } from 'aws-cdk-lib';

const yesOrNo = {
  allowedValues: ['true', 'false'],
  constraintDescription: 'true or false.',
};

/**
 * How groups are moved, by parameter name: the workload template has these parameters, and the infra template has them
 * once more and hands them to every account.
 */
export const fleetParameters = {
  BakeSeconds: {
    type: 'Number',
    description: 'Seconds for which a group is watched on a new image before it counts as moved.',
    default: 1800,
    minValue: 0,
    // The upper limit of BakeTime (RefreshPreferences, EC2 Auto Scaling API Reference).
    maxValue: 172_800,
    constraintDescription: '0 to 172800 (48 hours).',
  },
  InstanceWarmupSeconds: {
    type: 'Number',
    description:
      'Seconds that a new instance gets at least to join its cluster before the next one follows.',
    default: 300,
    minValue: 0,
    maxValue: 21_600,
    constraintDescription: '0 to 21600.',
  },
  RegistrationGraceSeconds: {
    type: 'Number',
    description:
      'Seconds after its launch by which a new instance has to be connected to its cluster, or the group moves back.',
    default: 300,
    minValue: 60,
    maxValue: 21_600,
    constraintDescription: '60 to 21600.',
  },
  LateRollbackWindowHours: {
    type: 'Number',
    description:
      'Hours after a finished refresh in which an alarm still moves the group back. 0: never.',
    default: 24,
    minValue: 0,
    maxValue: 168,
    constraintDescription: '0 to 168.',
  },
  EcsErrorThreshold: {
    type: 'Number',
    description:
      'Errors within five minutes that raise the alarm. An error that ECS reports once per service counts three.',
    default: 3,
    minValue: 1,
    maxValue: 1000,
    constraintDescription: '1 to 1000.',
  },
  LogsPolicy: {
    description:
      'How EventBridge may write to the log group of ECS errors. account: by a resource policy of the account, which may have ten. group: by one of the log group. none: it is allowed already.',
    default: 'account',
    allowedValues: ['account', 'group', 'none'],
    constraintDescription: 'account, group or none.',
  },
  ManageKmsGrants: {
    description:
      'Whether the handler creates the grant by which Auto Scaling may launch an encrypted image. false: somebody else does.',
    default: 'true',
    ...yesOrNo,
  },
  AllowUnreleasedTemplateChange: {
    description:
      'Whether a group is moved that runs an older version than its alias ($Latest, $Default) means, without the newer changes. false: it is skipped.',
    default: 'false',
    ...yesOrNo,
  },
  InstanceRolePattern: {
    description:
      'Instance roles that Auto Scaling may be asked to pass to EC2: path and name, * stands for anything.',
    default: '*',
    allowedPattern: '^[A-Za-z0-9_+=,.@/*-]{1,512}$',
    constraintDescription: 'What follows role/ in the ARN of a role.',
  },
} as const satisfies Record<string, CfnParameterProps>;

export type FleetParameterName = keyof typeof fleetParameters;

export const fleetParameterNames = Object.keys(fleetParameters) as FleetParameterName[];
