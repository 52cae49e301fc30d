import { examplePayload } from '@golden/stage/fleet-stage.ts';
import { JournalView } from '../journal-view.ts';
import { rounded } from './measure.ts';
import { openOneGroupFleet } from './one-group-fleet.ts';

const accounts = 100;
const payload = 'drops-awslogs-driver.sh';
/** How the same fleet is rolled out to: as the template does it, and with nobody going first. */
const ways = { inWaves: '1,10%,50%,100%', atOnce: '100%' } as const;

interface BadImage {
  readonly accounts: number;
  readonly accountsThatGotIt: number;
  readonly instancesLaunchedFromIt: number;
  readonly minutesToLastRefreshBegun: number;
  readonly minutesToFirstRollbackStarted: number;
  readonly minutesToLastRollbackSuccessful: number;
  readonly minutesToHalted: number;
}

/** A bad image in a fleet of one group of one instance for each account: who gets it, and how soon that ends. */
async function badImage(waves: string): Promise<BadImage> {
  const { stage } = await openOneGroupFleet(accounts, { Waves: waves, WaveBakeMinutes: '30' });
  const journal = new JournalView(stage.fleet);
  const view = await stage.ended(await stage.publish(payload, examplePayload(payload)));
  const [version] = await stage.fleet.infra.versions();
  if (view.record.state !== 'halted' || !version)
    throw new Error(`the rollout of ${payload} is ${view.record.state}`);
  const launches = journal.launchesFrom(version);
  const after = (at: string | undefined): number =>
    rounded((Date.parse(at ?? '') - Date.parse(launches[0] ?? '')) / 60_000);
  const beganAt = journal
    .calls('StartInstanceRefresh')
    .filter(({ by }) => by?.includes('-handler') === true)
    .map(({ at }) => at);
  return {
    accounts,
    accountsThatGotIt: view.targets.filter(({ startedAt }) => startedAt !== undefined).length,
    instancesLaunchedFromIt: launches.length,
    minutesToLastRefreshBegun: after(beganAt.at(-1)),
    minutesToFirstRollbackStarted: after(journal.refreshEvents('Rollback Started')[0]),
    minutesToLastRollbackSuccessful: after(journal.refreshEvents('Rollback Succeeded').at(-1)),
    minutesToHalted: after(view.record.reachedAt.halted),
  };
}

/** Virtual minutes count from the launch of the first bad instance. */
export async function badImageFigures() {
  return { payload, inWaves: await badImage(ways.inWaves), atOnce: await badImage(ways.atOnce) };
}
