import type { VersionRecord } from '@golden/shared/model/records.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { waveBakeMs } from '../organization.ts';
import { tellSummary } from '../rollout-tables.ts';
import { notOn, type Scene } from '../scene.ts';
import { watch } from '../watch-rollout.ts';

/** A child that has just asked may still begin; so long its next call takes at most. */
const beginsLateMsMax = 5_000;

/** The newer image shall arrive so long after a wave has begun. */
const arrivesLateMs = 4 * 60_000;

/** A newer image arrives while an older one is on its way. */
export async function newerImage(
  scene: Scene,
  payloads: Record<'older' | 'newer', { name: string; body: string }>,
): Promise<VersionRecord> {
  const { org, tell } = scene;
  const { stage } = org;
  tell.chapter('6  A newer image while one is rolling out');
  const older = await stage.publish(payloads.older.name, payloads.older.body);
  await stage.until(async () => {
    const view = await stage.rollout(older);
    return view?.targets.some(({ wave, ended }) => wave === 1 && ended !== undefined) === true;
  }, 6 * hour);
  // A build takes about as long as the last one did.
  const { claimed = '', available = '' } = older.reachedAt;
  const buildMs = Date.parse(available) - Date.parse(claimed);
  await org.fleet.world.scheduler.runFor(Math.max(0, waveBakeMs + arrivesLateMs - buildMs));
  tell.say(`${older.version} has moved its first wave; ${payloads.newer.name} is uploaded`);
  const newer = await stage.publish(payloads.newer.name, payloads.newer.body);
  const inFlight = (await stage.rollout(older))?.targets.filter(
    ({ startedAt, ended }) => startedAt !== undefined && ended === undefined,
  );
  tell.equal('it arrives in the middle of a wave', (inFlight?.length ?? 0) > 0, true);
  const newerView = await watch(stage, newer, tell);
  const olderView = await stage.ended(older);
  tellSummary(tell, olderView);
  tell.say('');
  tellSummary(tell, newerView);

  tell.equal('the older rollout ends superseded', olderView.record.state, 'superseded');
  const arrivedAt = (await stage.executions())[0]?.startDate?.getTime() ?? 0;
  const begun = olderView.targets.filter(({ startedAt }) => startedAt !== undefined);
  tell.equal(
    'it begins nothing more once the newer one waits',
    begun.filter(({ startedAt = '' }) => Date.parse(startedAt) > arrivedAt + beginsLateMsMax),
    [],
  );
  tell.equal(
    'what was in flight it finishes',
    begun.filter(({ ended }) => ended?.outcome !== 'refreshed'),
    [],
  );
  const left = olderView.targets.filter(
    ({ wave, startedAt }) => wave !== undefined && startedAt === undefined,
  );
  tell.equal(
    'what it had not begun is left alone, and there is some',
    [left.length > 0, left.filter(({ ended }) => ended?.reason !== 'superseded')],
    [true, []],
  );
  const restedAt = Date.parse(olderView.record.reachedAt.superseded ?? '');
  tell.equal(
    'only then the newer one asks anybody',
    newerView.targets.filter(({ surveyedAt }) => Date.parse(surveyedAt ?? '') < restedAt),
    [],
  );
  tell.equal('the newer one is completed', newerView.record.state, 'completed');
  tell.equal('every group runs it', await notOn(scene, org.places, newer), []);
  tell.equal('stable is the newer one', await stage.stable(), newer.version);
  return newer;
}
