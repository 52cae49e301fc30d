import { node, rounded } from './measure.ts';

interface Took {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
}

/** What one process measured. */
export interface RolloutRun {
  readonly setUp: Took;
  readonly rollout: Took & {
    readonly virtualSecondsToLastRefresh: number;
    readonly virtualMinutes: number;
    readonly callsPerTarget: object;
  };
  readonly hubs: Readonly<Record<string, HubRun>>;
}

export interface HubRun {
  readonly virtualSecondsToLastRefresh: number;
  readonly invocations: number;
  readonly targetsOfOneInvocationMax: number;
}

/**
 * The larger fleet shows the growth. The hub that waits is shown with the smaller one only: its virtual days are as many polls as
 * the whole rollout has.
 */
const [few, many] = [
  { targets: 100, hubs: ['goes-on', 'waits'] },
  { targets: 500, hubs: ['goes-on'] },
] as const;
const ratioMax = 1.3;

async function run({ targets, hubs }: typeof few | typeof many): Promise<RolloutRun> {
  const { stdout } = await node('packages/demo/src/bench/rollout-run.ts', [
    String(targets),
    ...hubs,
  ]);
  return JSON.parse(stdout) as RolloutRun;
}

const figuresOf = (targets: number, { setUp, rollout, hubs }: RolloutRun): object => {
  const { virtualSecondsToLastRefresh, virtualMinutes, callsPerTarget, ...took } = rollout;
  return {
    setUp,
    rollout: { ...took, secondsPerTarget: rounded(took.seconds / targets, 3), virtualMinutes },
    callsPerTarget,
    virtualSecondsFromNotificationToLastRefreshBegun: {
      rollout: virtualSecondsToLastRefresh,
      ...Object.fromEntries(
        Object.entries(hubs).map(([kind, hub]): [string, HubRun] => [hubNames[kind] ?? kind, hub]),
      ),
    },
  };
};

const hubNames: Readonly<Record<string, string>> = {
  'goes-on': 'sequential hub that does not wait for a target to end',
  waits: 'sequential hub that does',
};

/** How often as much a target of the larger fleet takes. */
const ratio = (one: RolloutRun, other: RolloutRun, of: 'seconds' | 'processorSeconds'): number =>
  rounded(other.rollout[of] / many.targets / (one.rollout[of] / few.targets), 2);

/**
 * One image to a whole fleet in one wave, each target one account with a group of one instance: what that takes here, and how soon
 * everybody is on the way when each AWS call of each function takes 100 ms, beside a hub that goes from account to account.
 */
export async function rolloutFigures(): Promise<object> {
  const smaller = await run(few);
  const larger = await run(many);
  const timeRatio = ratio(smaller, larger, 'seconds');
  const processorRatio = ratio(smaller, larger, 'processorSeconds');
  return {
    latencyOfEachCallMilliseconds: 100,
    [`${few.targets} targets`]: figuresOf(few.targets, smaller),
    [`${many.targets} targets`]: figuresOf(many.targets, larger),
    timePerTargetRatio: timeRatio,
    // What else the machine does meets the wall time of one run and not of the other, so both have to be kept.
    processorTimePerTargetRatio: processorRatio,
    goal: `<= ${ratioMax}: ${Math.max(timeRatio, processorRatio) <= ratioMax ? 'kept' : 'missed'}`,
    hub: 'before its 15 minutes are up it says where it is, and is invoked again from there at once',
  };
}
