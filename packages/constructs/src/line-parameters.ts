import { type CfnParameterProps } from 'aws-cdk-lib';

/** The retention periods that CloudWatch Logs accepts (PutRetentionPolicy, `retentionInDays`). */
const logRetentionDaysAllowed = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** What the infra and the workload template accept alike; each says itself what it is for. */
export const lineParameters = {
  environmentName: {
    default: 'golden',
    allowedPattern: '^[a-z][a-z0-9-]{1,18}[a-z0-9]$',
    constraintDescription:
      '3 to 20 lower-case letters, digits and hyphens: a letter first, no hyphen last.',
  },
  awsOrgId: {
    allowedPattern: '^o-[a-z0-9]{10,32}$',
    constraintDescription: 'An organization id such as o-a1b2c3d4e5.',
  },
  logRetentionDays: {
    type: 'Number',
    default: '365',
    allowedValues: logRetentionDaysAllowed.map(String),
    constraintDescription: 'A period of CloudWatch Logs, such as 30, 90 or 365.',
  },
} as const satisfies Record<string, CfnParameterProps>;
