import { faults, type World } from '@golden/emulator';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import type { RolloutStage } from '@golden/stage/rollout-stage.ts';
import { callsByRole } from './calls-by-role.ts';
import { billOf } from './bill.ts';
import { rounded } from './measure.ts';
import { openOneGroupFleet, type OneGroupFleet } from './one-group-fleet.ts';
import type { HubRun, RolloutRun } from './rollout-figures.ts';
import { SequentialHub, withHubTarget } from './sequential-hub.ts';
import { logBytes, usageOf } from './usage.ts';

/*
 * One rollout in one wave to so many targets, in a process of its own: `rollout-run.ts <targets> <hub>...`, where a hub is
 * `waits` or `goes-on`. Prints one JSON object.
 */

const size = Number(process.argv[2]);
const hubs = (['goes-on', 'waits'] as const).filter((kind) => process.argv.slice(3).includes(kind));
const settings = {
  Waves: '100%',
  WaveBakeMinutes: '0',
  BakeSeconds: '300',
  RolloutConcurrency: '1000',
};

/** Seconds of wall time, and of all threads of this process. */
function stopwatch(): () => { seconds: number; processorSeconds: number } {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      seconds: rounded((performance.now() - startedAt) / 1000),
      processorSeconds: rounded((user + system) / 1_000_000),
    };
  };
}

const peakMegabytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/** Virtual seconds from an instant to the last refresh that was begun after it. */
function secondsToLastRefresh({ journal }: World, from: { at: number; sequence: number }): number {
  const begun = journal.entries
    .slice(from.sequence)
    .filter(
      ({ name, kind, error }) => name === 'StartInstanceRefresh' && kind === 'call' && !error,
    );
  if (begun.length !== size) throw new Error(`${begun.length} refreshes of ${size} were begun`);
  return rounded((Date.parse(begun.at(-1)?.at ?? '') - from.at) / 1000);
}

/** From the notification that an image is there until the rollout's execution has ended. */
async function rollOut(stage: RolloutStage, some: Place): Promise<RolloutRun['rollout']> {
  const { world, infra } = stage.fleet;
  const executions = (infra.outputs['RolloutMachineArn'] ?? '').replace(
    ':stateMachine:',
    ':execution:',
  );
  let notified: { at: number; sequence: number; elapsed: ReturnType<typeof stopwatch> } | undefined;
  let took: ReturnType<ReturnType<typeof stopwatch>> | undefined;
  const unsubscribe = world.journal.onEntry(({ name, detail, at, sequence }) => {
    if (name === 'Publish' && detail['resource'] === infra.outputs['ImagesTopicArn'])
      notified ??= { at: Date.parse(at), sequence, elapsed: stopwatch() };
    if (name === 'execution-status' && detail['status'] === 'SUCCEEDED')
      if (String(detail['execution']).startsWith(`${executions}:`)) took ??= notified?.elapsed();
  });
  const version = await stage.publish('harden.sh');
  const before = await logBytes(stage, some);
  const { record } = await stage.ended(version);
  const after = await logBytes(stage, some);
  unsubscribe();
  if (!notified || !took) throw new Error('the rollout was not seen in the journal');
  if (record.state !== 'completed' || record.outcomes?.refreshed !== size)
    throw new Error(`the rollout is ${record.state}: ${JSON.stringify(record.outcomes)}`);
  const entries = world.journal.entries.slice(notified.sequence);
  const logs = { infra: after.infra - before.infra, workload: after.workload - before.workload };
  const virtualSecondsToLastRefresh = secondsToLastRefresh(world, notified);
  return {
    ...took,
    peakMegabytes: peakMegabytes(),
    virtualSecondsToLastRefresh,
    accountsPerMinute: Math.round((size / virtualSecondsToLastRefresh) * 60),
    virtualMinutes: rounded((Date.parse(record.reachedAt.completed ?? '') - notified.at) / 60_000),
    callsPerTarget: callsByRole(entries, size),
    listPrice: billOf(await usageOf(stage, { entries, targets: size, logs })),
  };
}

/** The next image, by a hub instead. */
async function askHub(
  { stage, places }: OneGroupFleet,
  hub: SequentialHub,
  kind: string,
): Promise<HubRun> {
  const { fleet } = stage;
  const body = `${examplePayload('harden.sh')}\n# ${kind}\n`;
  const version = await fleet.build('harden.sh', body);
  const [some] = places;
  if (!some) throw new Error('there is no place');
  const from = { at: fleet.world.scheduler.now, sequence: fleet.world.journal.entries.length };
  const through = await hub.move(some, version, { waits: kind === 'waits' });
  const run = {
    virtualSecondsToLastRefresh: secondsToLastRefresh(fleet.world, from),
    invocations: through.length,
    targetsOfOneInvocationMax: Math.max(...through),
  };
  await fleet.world.scheduler.runFor(hour);
  return run;
}

const prepared = stopwatch();
const made = await openOneGroupFleet(size, settings, ({ fleet: { infra } }, example) =>
  withHubTarget(example, infra.infra.id, infra.line),
);
const setUpTook = { ...prepared(), peakMegabytes: peakMegabytes() };
faults(made.stage.fleet.world).latencyMs = { min: 100, max: 100 };
const [firstPlace] = made.places;
if (!firstPlace) throw new Error('there is no target');
const rollout = await rollOut(made.stage, firstPlace);
await made.stage.deploy({ ...settings, Rollout: 'DISABLED' });
const hub = await SequentialHub.deploy(made.stage.fleet);
const hubRuns: Partial<Record<(typeof hubs)[number], HubRun>> = {};
for (const kind of hubs) hubRuns[kind] = await askHub(made, hub, kind);
console.log(JSON.stringify({ setUp: setUpTook, rollout, hubs: hubRuns } satisfies RolloutRun));
