import type { World } from '@golden/emulator';
import {
  stepFunctionsState,
  type Execution,
} from '@golden/emulator/services/stepfunctions/state.ts';
import type { LineHolder, LineLock, RolloutRecord } from '@golden/shared/model/rollout.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { targetName } from '@golden/shared/model/target.ts';
import { canMove } from '@golden/shared/model/version-state.ts';
import type { MirroredRollout, StateChange, StateMirror } from './state-mirror.ts';
import type { StopLedger } from './stop-ledger.ts';

/** How long `steer-target` may take between its look at the line and its write: its own limit, and a moment. */
const steerMsMax = 65_000;

/** What is looked at whenever the table changes. */
export interface TableFacts {
  readonly world: World;
  readonly state: StateMirror;
  readonly stops: StopLedger;
  /** The parameter `RolloutConcurrency`. */
  readonly concurrency: number;
}

const executionsBeside = (world: World, executionArn: string): ReadonlyMap<string, Execution> => {
  const [, , , region = '', account = ''] = executionArn.split(':');
  return stepFunctionsState.in(world.scope(account, region, 'stepfunctions')).executions;
};

const isRunning = (world: World, executionArn: string): boolean =>
  executionsBeside(world, executionArn).get(executionArn)?.status === 'RUNNING';

/**
 * Names of the targets that a child execution is at work on. A child that meets too many errors leaves its target alone, and
 * the next one begins, although the groups of the first may be on their way.
 */
const steered = (world: World, { executionArn, rolloutId }: RolloutRecord): ReadonlySet<string> =>
  new Set(
    [...executionsBeside(world, executionArn).values()]
      .filter(({ mapRunArn, status }) => mapRunArn !== undefined && status === 'RUNNING')
      .map(({ input }) => JSON.parse(input) as ChildInput)
      .filter((input) => input.rolloutId === rolloutId)
      .map(targetName),
  );

interface ChildInput {
  readonly rolloutId: string;
  readonly account: string;
  readonly region: string;
}

/** What one write to the table breaks, in sentences; none when all holds. */
export function tableBreaches(change: StateChange, facts: TableFacts): string[] {
  switch (change.kind) {
    case 'lock':
      return lockBreaches(change.before ?? {}, change.after, facts);
    case 'version': {
      const { before, after } = change;
      return before === undefined ||
        before.state === after.state ||
        canMove(before.state, after.state)
        ? []
        : [`version ${after.version} went from ${before.state} to ${after.state}`];
    }
    case 'rollout':
      return rolloutBreaches(change.before, change.after, facts);
    case 'wave': {
      const gone = (change.before?.failedTargets ?? []).filter(
        (name) => !change.after.failedTargets.includes(name),
      );
      return gone.map((name) => `${change.rolloutId}: ${name} is no failure any more`);
    }
    case 'target': {
      const rollout = facts.state.rollouts.get(change.rolloutId);
      return rollout ? targetBreaches(change, rollout, facts) : [];
    }
    default:
      return change satisfies never;
  }
}

function lockBreaches(before: LineLock, after: LineLock, { world, state }: TableFacts): string[] {
  const found: string[] = [];
  for (const name of ['highestArrived', 'highestWaiting', 'highestAcquired'] as const)
    if ((after[name] ?? '') < (before[name] ?? ''))
      found.push(`${name} of the line went from ${before[name] ?? ''} to ${after[name] ?? ''}`);
  const { holder } = before;
  if (holder === undefined || holder.executionArn === after.holder?.executionArn) return found;
  if (after.holder === undefined) {
    const record = state.rollouts.get(holder.rolloutId)?.record;
    if (record && !isRolloutEnd(record.state))
      found.push(`${holder.rolloutId} left the line and is ${record.state}`);
  } else if (isRunning(world, holder.executionArn)) found.push(takenFrom(holder, after.holder));
  return found;
}

const takenFrom = (one: LineHolder, other: LineHolder): string =>
  `${other.rolloutId} took the line from ${one.rolloutId}, whose execution is running`;

function rolloutBreaches(
  before: RolloutRecord | undefined,
  after: RolloutRecord,
  { world, state }: TableFacts,
): string[] {
  const { rolloutId } = after;
  const found: string[] = [];
  if (before && isRolloutEnd(before.state) && before.state !== after.state)
    found.push(`${rolloutId} was ${before.state} and is ${after.state}`);
  if (before && after.wavesDone < before.wavesDone)
    found.push(`${rolloutId} had ${before.wavesDone} waves done and has ${after.wavesDone}`);
  if (after.state === 'completed' && after.wavesDone !== after.waves?.length)
    found.push(`${rolloutId} is completed after ${after.wavesDone} waves`);
  const isActive = after.state === 'running' || after.state === 'baking';
  if (isActive && before?.state !== after.state)
    for (const { record } of state.rollouts.values())
      if (
        record.rolloutId !== rolloutId &&
        (record.state === 'running' || record.state === 'baking') &&
        isRunning(world, record.executionArn)
      )
        found.push(`${rolloutId} is ${after.state} while ${record.rolloutId} is ${record.state}`);
  return found;
}

function targetBreaches(
  { before, after, rolloutId }: StateChange & { kind: 'target' },
  rollout: MirroredRollout,
  facts: TableFacts,
): string[] {
  const name = `${rolloutId}: ${targetName(after)}`;
  const found: string[] = [];
  if (before?.ended && !after.ended) found.push(`${name} has lost its outcome`);
  if (before?.startedAt === undefined && after.startedAt !== undefined)
    found.push(...startBreaches(name, { after, rollout }, facts));
  return found;
}

/** A target is told to move for the first time. */
function startBreaches(
  name: string,
  { after, rollout }: { after: TargetRecord; rollout: MirroredRollout },
  { world, stops, concurrency }: TableFacts,
): string[] {
  const found: string[] = [];
  const { wave } = after;
  if (wave === undefined) return [`${name} is started in no wave`];
  const { rolloutId } = rollout.record;
  const stop = stops.stopOf(rolloutId, wave);
  const late = stop && world.scheduler.now - stop.since;
  if (stop && late !== undefined && late > steerMsMax)
    found.push(`${name} is started ${late} ms after it had to stop: ${stop.why}`);
  const targets = [...rollout.targets.values()];
  const atWork = steered(world, rollout.record);
  // Without an outcome, and left alone by its child, it counts as failed in the judgement of its wave.
  const isOver = (other: TargetRecord): boolean =>
    other.ended !== undefined ||
    (rollout.record.wavesDone >= (other.wave ?? 0) && !atWork.has(targetName(other)));
  for (const other of targets)
    if (other.wave !== undefined && other.wave < wave && !isOver(other))
      found.push(`${name} of wave ${wave} is started while ${targetName(other)} has no outcome`);
  if (rollout.record.wavesDone < wave - 1)
    found.push(`${name} of wave ${wave} is started after ${rollout.record.wavesDone} waves`);
  const moving = targets.filter(
    (target) =>
      target.startedAt !== undefined &&
      target.ended === undefined &&
      atWork.has(targetName(target)),
  ).length;
  if (moving > concurrency)
    found.push(`${name} is started as number ${moving} at a time, ${concurrency} may`);
  return found;
}
