import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { tellOutcomes, tellPlan } from '../rollout-tables.ts';
import { lastMail, type Scene } from '../scene.ts';
import { publishUntilPlanned, watch } from '../watch-rollout.ts';

/** A person's own script, whatever it does: only what holds for any script is promised. */
export async function ownPayload(
  scene: Scene,
  payload: { name: string; body: string },
): Promise<void> {
  const { org, tell } = scene;
  tell.chapter(`2  ${payload.name}`);
  const version = await publishUntilPlanned(org.stage, payload);
  if (!version) {
    tell.say('it became no image that is rolled out; people are told:');
    for (const line of (lastMail(scene) ?? '').split('\n')) tell.say(line);
    tell.matches('people are told why', lastMail(scene), /payload|image/);
    return;
  }
  const plan = await org.stage.rollout(version);
  if (plan) tellPlan(tell, plan);
  tell.say('');
  const view = await watch(org.stage, version, tell);
  tellOutcomes(tell, view);
  tell.equal(
    'every account and Region has an outcome',
    view.targets.filter(({ ended }) => ended === undefined).map(({ accountName }) => accountName),
    [],
  );
  tell.equal(
    'stable is this version if its rollout was completed, and nothing else',
    await org.stage.stable(),
    view.record.state === 'completed' ? version.version : undefined,
  );
  tell.equal('nothing moved that should not', await rolloutBreaches(org.stage, org.places), []);
}
