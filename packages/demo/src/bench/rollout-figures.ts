import type { Bill } from './bill.ts';
import type { CallsByRole } from './calls-by-role.ts';
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
    /** Accounts whose refresh is begun in a virtual minute, from the notification on. */
    readonly accountsPerMinute: number;
    readonly virtualMinutes: number;
    readonly callsPerTarget: CallsByRole;
    /** In US dollars. */
    readonly listPrice: Bill;
  };
  /** By what the sequential hub does after it has told a target to move. */
  readonly hubs: Readonly<Partial<Record<'goes-on' | 'waits', HubRun>>>;
}

export interface HubRun {
  /** From the notification that the image is there. */
  readonly virtualSecondsToLastRefresh: number;
  readonly invocations: number;
  readonly targetsOfOneInvocationMax: number;
}

interface Fleet {
  readonly targets: number;
  readonly hubs: readonly ('goes-on' | 'waits')[];
}

/**
 * The larger fleets show the growth. The hub that waits is shown with the smallest one only: its virtual days are as many polls as
 * the whole rollout has.
 */
const few: Fleet = { targets: 100, hubs: ['goes-on', 'waits'] };
const more: Fleet = { targets: 500, hubs: ['goes-on'] };
const many: Fleet = { targets: 1_000, hubs: ['goes-on'] };
const ratioMax = 1.3;

async function run({ targets, hubs }: Fleet): Promise<RolloutRun> {
  const { stdout } = await node('packages/demo/src/bench/rollout-run.ts', [
    String(targets),
    ...hubs,
  ]);
  return JSON.parse(stdout) as RolloutRun;
}

const figuresOf = ({ targets }: Fleet, { setUp, rollout, hubs }: RolloutRun) => ({
  targets,
  setUp,
  rollout: { ...rollout, secondsPerTarget: rounded(rollout.seconds / targets, 3) },
  hubs,
});

/** How often as much a target of a larger fleet takes. */
const ratio = (
  one: RolloutRun,
  [{ targets }, other]: readonly [larger: Fleet, run: RolloutRun],
): number =>
  rounded(
    other.rollout.processorSeconds / targets / (one.rollout.processorSeconds / few.targets),
    2,
  );

/**
 * One image to a whole fleet in one wave, each target one account with a group of one instance: what that takes here, and how soon
 * everybody is on the way when each AWS call of each function takes 100 ms, beside a hub that goes from account to account.
 */
export async function rolloutFigures() {
  // At the same time: processor time tells how they grow, and what else the machine does meets them alike.
  const [smallest, of500, of1000] = await Promise.all([run(few), run(more), run(many)]);
  const ratios = [[more, of500] as const, [many, of1000] as const].map((larger) => ({
    targets: larger[0].targets,
    processorTime: ratio(smallest, larger),
  }));
  const worst = Math.max(...ratios.map(({ processorTime }) => processorTime));
  return {
    latencyOfEachCallMilliseconds: 100,
    of100: figuresOf(few, smallest),
    of500: figuresOf(more, of500),
    of1000: figuresOf(many, of1000),
    perTargetTo100: ratios,
    goal: `<= ${ratioMax}: ${worst <= ratioMax ? 'kept' : 'missed'}`,
    hub: 'before its 15 minutes are up it says where it is, and is invoked again from there at once',
  };
}
