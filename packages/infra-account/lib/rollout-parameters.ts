import { CfnParameter, type CfnParameterProps, type Stack } from 'aws-cdk-lib';

/** How a rollout goes through the fleet, by parameter name. */
const definitions = {
  Rollout: {
    description:
      'ENABLED: every image that becomes available is rolled out by itself. DISABLED: images are built and shared, and no rollout is started; one that is running goes on.',
    default: 'ENABLED',
    allowedValues: ['ENABLED', 'DISABLED'],
    constraintDescription: 'ENABLED or DISABLED.',
  },
  Waves: {
    description:
      'Cumulative shares of the targets (account and Region) that have been moved after each wave: numbers or percentages, by comma, each more than the one before, the last 100%. A rollout whose waves cannot be followed stops before it moves anything and says so.',
    default: '1,10%,50%,100%',
    allowedPattern: '^[0-9]{1,6}%?( ?, ?[0-9]{1,6}%?){0,19}$',
    constraintDescription: '1 to 20 shares such as 1,10%,50%,100%.',
  },
  FailureBudget: {
    type: 'Number',
    description:
      'How many targets of a wave may fail, be rolled back or become unreachable without stopping the rollout. 0: the first one stops it.',
    default: 0,
    minValue: 0,
    maxValue: 10_000,
    constraintDescription: '0 to 10000 targets.',
  },
  CanaryAccounts: {
    type: 'CommaDelimitedList',
    description:
      'Accounts that are moved before all others, in this order, by comma. Empty: accounts in the order of their ids.',
    default: '',
    allowedPattern: '^(|[0-9]{12})$',
    constraintDescription: 'Empty, or account ids of twelve digits.',
  },
  RolloutConcurrency: {
    type: 'Number',
    description:
      'How many targets are asked and moved at the same time. Each needs one of the concurrent executions of Lambda in this account now and then.',
    default: 100,
    minValue: 1,
    maxValue: 1000,
    constraintDescription: '1 to 1000 targets.',
  },
  WaveBakeMinutes: {
    type: 'Number',
    description:
      'Minutes for which a wave is watched after its last group was moved, before the next wave begins. It comes on top of BakeSeconds, which each group has for itself. 0: the next wave begins at once.',
    default: 30,
    minValue: 0,
    maxValue: 10_080,
    constraintDescription: '0 to 10080 minutes (seven days).',
  },
  RefreshTimeoutMinutes: {
    type: 'Number',
    description:
      'Minutes after which a target that is still moving its groups is told to go back and counts as failed. It has to leave room for BakeSeconds and for ECS to drain its instances.',
    default: 1440,
    minValue: 30,
    // Longer than a group may bake (48 hours), and short enough for the history of one execution.
    maxValue: 4320,
    constraintDescription: '30 to 4320 minutes (three days).',
  },
  RollbackTimeoutMinutes: {
    type: 'Number',
    description:
      'Minutes after which a target that was told to go back is no longer waited for. What it began it goes on with.',
    default: 240,
    minValue: 10,
    maxValue: 1440,
    constraintDescription: '10 to 1440 minutes (one day).',
  },
} as const satisfies Record<string, CfnParameterProps>;

type RolloutParameterName = keyof typeof definitions;

export const rolloutParameterNames = Object.keys(definitions) as RolloutParameterName[];

export interface RolloutParameters {
  readonly rollout: CfnParameter;
  readonly waves: CfnParameter;
  readonly failureBudget: CfnParameter;
  readonly canaryAccounts: CfnParameter;
  readonly concurrency: CfnParameter;
  readonly waveBakeMinutes: CfnParameter;
  readonly refreshTimeoutMinutes: CfnParameter;
  readonly rollbackTimeoutMinutes: CfnParameter;
}

/** Declares the parameters of the rollout directly on the stack. */
export const defineRolloutParameters = (stack: Stack): RolloutParameters => {
  const define = (name: RolloutParameterName) =>
    new CfnParameter(stack, name, { ...definitions[name] });
  return {
    rollout: define('Rollout'),
    waves: define('Waves'),
    failureBudget: define('FailureBudget'),
    canaryAccounts: define('CanaryAccounts'),
    concurrency: define('RolloutConcurrency'),
    waveBakeMinutes: define('WaveBakeMinutes'),
    refreshTimeoutMinutes: define('RefreshTimeoutMinutes'),
    rollbackTimeoutMinutes: define('RollbackTimeoutMinutes'),
  };
};
