import { examplePayload } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { JournalView, minutesBetween } from '../journal-view.ts';
import { tellSummary } from '../rollout-tables.ts';
import { groupsOf, standing, type Scene } from '../scene.ts';
import { watch } from '../watch-rollout.ts';

/** A bad image stops at the canary target, which goes back to what it ran. */
export async function badImage(
  scene: Scene,
  bad: { title: string; payload: string; reason: string },
): Promise<void> {
  const { org, tell } = scene;
  const { stage } = org;
  const canary = org.canaryTarget;
  const where = `${canary.account.name} ${canary.region}`;
  tell.chapter(bad.title);
  tell.fleet(true);
  const before = standing(await groupsOf(scene, org.places));
  const stable = await stage.stable();
  const journal = new JournalView(org.fleet);
  const version = await stage.publish(bad.payload, examplePayload(bad.payload));
  const view = await watch(stage, version, tell);
  tellSummary(tell, view);

  tell.equal('the rollout is halted', view.record.state, 'halted');
  const target = view.targets.find(({ wave }) => wave === 1);
  tell.equal(
    `each group of ${where} goes back: ${bad.reason}`,
    target?.groups.map(({ state, reason }) => [state, reason]),
    org.shapesAt(canary).map(() => ['rolled-back', bad.reason]),
  );
  tell.equal(
    'each is saved on and runs what it ran before',
    standing(await groupsOf(scene, org.places)),
    before,
  );
  tell.equal('no group of any other target was touched', journal.changesBeside(canary), []);
  tell.equal('stable is unchanged', await stage.stable(), stable);

  const launches = journal.launchesFrom(version);
  const [first] = launches;
  const back = journal.refreshEvents('Rollback Succeeded').at(-1);
  const after = (at: string | undefined): string => `${minutesBetween(first, at)} min`;
  tell.table(
    ['instances exposed', 'first group turns back', 'rollback complete', 'rollout halted'],
    [
      [
        String(launches.length),
        after(journal.refreshEvents('Rollback Started')[0]),
        after(back),
        after(view.record.reachedAt.halted),
      ],
    ],
  );
  tell.say('(minutes of virtual time since the first bad instance was launched)');
  tell.fleet(false);
  // An alarm outlasts the last error by some periods, and no refresh starts before it is OK again.
  await org.fleet.world.scheduler.runFor(hour / 2);
}
