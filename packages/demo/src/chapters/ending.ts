import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { notOn, type Scene } from '../scene.ts';

/** What the stage checks on what AWS remembers and the journal says. */
const rules = [
  'no group had two refreshes to one image, and none went backwards',
  'waves came one after the other, and nothing began once a budget was spent',
  'no target is without an outcome',
  'no group has an image that it went back from as its last good one',
  '`stable` was written only after success',
];

/** What has to hold after everything that went wrong. */
export async function ending(scene: Scene): Promise<void> {
  const { org, tell } = scene;
  tell.chapter('   In the end');
  for (const rule of rules) tell.say(`- ${rule}`);
  tell.equal('all of that holds', await rolloutBreaches(org.stage, org.places), []);
  const versions = await org.fleet.infra.versions();
  tell.table(
    ['version', 'state', 'payload'],
    versions.map(({ version, state, payload }) => [version, state, payload.key]),
  );
  const unmoved: string[] = [];
  for (const version of versions)
    if (version.amis) unmoved.push(...(await notOn(scene, org.strayPlaces, version)));
  tell.equal(
    'groups of accounts that take no part run none of them',
    unmoved.length,
    versions.filter(({ amis }) => amis).length * org.strayPlaces.length,
  );
}
