import { drawScenario } from './draw-scenario.ts';
import type { AccountOfScenario, Scenario } from './scenario.ts';

/** A run that once found something, kept so that it is found again. */
export interface NamedScenario {
  readonly name: string;
  /** What it showed. */
  readonly showed: string;
  /** Everything that is drawn from this seed, unless `changes` says otherwise. */
  readonly seed: number;
  readonly changes: Partial<Scenario>;
}

const accountsOfOneGroup = (count: number): readonly AccountOfScenario[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `workload-${index + 1}`,
    unit: 'workloads',
    places: [{ region: 'eu-west-1', shapes: ['SingleGroup'] }],
  }));

const nothingElse = {
  otherRegions: [],
  strays: [],
  canaries: [],
  outages: [],
  acts: [],
  shares: { delayed: 0, hung: 0, killed: 0, throttled: 0, failed: 0, lost: 0 },
} satisfies Partial<Scenario>;

const parameters = {
  Waves: '100%',
  FailureBudget: '0',
  WaveBakeMinutes: '0',
  BakeSeconds: '300',
  RolloutConcurrency: '100',
};

/** Newest last. */
export const scenarios: readonly NamedScenario[] = [
  {
    name: 'bad-image-within-budget',
    showed:
      'an image that every target went back from, within the budget of its waves, was completed and became stable; an image that runs nowhere now is not',
    seed: 1,
    changes: {
      ...nothingElse,
      accounts: accountsOfOneGroup(1),
      parameters: { ...parameters, FailureBudget: '1' },
      shipments: [{ fortune: 'places-nothing', after: 'rest' }],
    },
  },
  {
    name: 'asked-again-after-the-stop',
    showed:
      'a target whose first answer was lost was told again and again to move, also after its wave had lost more than it may, and met the bad image half an hour later; what is put again now goes through the gate again',
    seed: 1,
    changes: {
      ...nothingElse,
      accounts: accountsOfOneGroup(2),
      parameters,
      shipments: [{ fortune: 'places-nothing', after: 'rest' }],
      outages: [
        {
          service: 'ec2',
          operation: 'CreateLaunchTemplateVersion',
          account: 'workload-2',
          kind: 'failed',
          fromMinutes: 0,
          minutes: 45,
        },
      ],
    },
  },
  {
    name: 'alarm-after-the-window',
    showed:
      'an alarm went off longer after a group had arrived than the window of late rollbacks is, and its image was expected to be revoked; nothing goes back then',
    seed: 1,
    changes: {
      ...nothingElse,
      accounts: accountsOfOneGroup(1),
      parameters: { ...parameters, WaveBakeMinutes: '60', LateRollbackWindowHours: '1' },
      shipments: [{ fortune: 'late', after: 'rest' }],
    },
  },
  {
    name: 'late-alarm-unanswered',
    showed:
      'AWS throttled the handler just when an alarm told it to go back, and nobody repeated what had failed: the image stayed and was stable; Lambda repeats it now',
    seed: 1,
    changes: {
      ...nothingElse,
      accounts: accountsOfOneGroup(1),
      parameters: { ...parameters, LateRollbackWindowHours: '24' },
      shipments: [{ fortune: 'late', after: 'rest' }],
      outages: [
        {
          service: 'ec2',
          operation: 'DescribeLaunchTemplateVersions',
          account: 'workload-1',
          kind: 'throttled',
          fromMinutes: 29,
          minutes: 2,
        },
      ],
      calm: 120,
    },
  },
];

export const scenarioOf = ({ seed, changes }: NamedScenario): Scenario => ({
  ...drawScenario(seed),
  ...changes,
});
