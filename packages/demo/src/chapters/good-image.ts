import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { RolloutView } from '@golden/stage/rollout-stage.ts';
import { JournalView } from '../journal-view.ts';
import { tellOutcomes, tellPlan, tellSummary } from '../rollout-tables.ts';
import { lastMail, notOn, type Scene } from '../scene.ts';
import { publishUntilPlanned, watch } from '../watch-rollout.ts';

/** An image that nothing is wrong with goes all the way, and its plan can be read before anything moves. */
export async function goodImage(
  scene: Scene,
  payload: {
    readonly title: string;
    readonly name: string;
    readonly body: string;
    /** Its plan, and every outcome on a line of its own. */
    readonly isShownInFull?: boolean;
  },
): Promise<VersionRecord> {
  const { org, tell } = scene;
  tell.chapter(payload.title);
  const journal = new JournalView(org.fleet);
  const version = await publishUntilPlanned(org.stage, payload);
  if (!version) throw new Error(`${payload.name} became no image that is rolled out`);
  const plan = await org.stage.rollout(version);
  if (!plan) throw new Error(`${version.version} has no plan`);
  if (payload.isShownInFull === true) tellPlan(tell, plan);
  tell.equal('the plan is there before anything moves', journal.changesBeside(), []);
  tell.equal(
    'every account and Region is in it, or is left out for a reason',
    accounted(plan),
    org.everywhere(),
  );
  tell.say('');

  const view = await watch(org.stage, version, tell);
  (payload.isShownInFull === true ? tellOutcomes : tellSummary)(tell, view);
  tell.equal('the rollout is completed', view.record.state, 'completed');
  tell.equal(
    'every account and Region has an outcome',
    view.targets.filter(({ ended }) => ended === undefined),
    [],
  );
  tell.equal(
    `every group of the ${org.places.length} targets runs ${version.version}`,
    await notOn(scene, org.places, version),
    [],
  );
  tell.equal('stable is this version', await org.stage.stable(), version.version);
  tell.matches(
    'people are told',
    await mailArrives(scene, 'rollout completed'),
    completed(version),
  );
  return version;
}

const completed = ({ version }: VersionRecord): RegExp =>
  new RegExp(`rollout completed ${version.replaceAll('.', '\\.')}\n`);

const mailArrives = async (scene: Scene, subject: string): Promise<string | undefined> => {
  await scene.org.fleet.world.scheduler.runFor(60_000);
  return lastMail(scene, subject);
};

/** `<account> <Region>` of every target, planned or with the outcome that keeps it out. */
const accounted = ({ targets }: RolloutView): string[] =>
  targets
    .filter(({ wave, ended }) => wave !== undefined || ended !== undefined)
    .map(({ accountName, region }) => `${accountName} ${region}`)
    .sort();
