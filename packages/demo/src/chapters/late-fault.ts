import type { VersionRecord } from '@golden/shared/model/records.ts';
import { updateCustomer } from '@golden/stage/owner-acts.ts';
import { customerTemplate, privilegedTasks } from '@golden/stage/customer-template.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { JournalView, minutesBetween } from '../journal-view.ts';
import { lastMail, notOn, type Scene } from '../scene.ts';

/** Everything has baked, and then a team deploys what the image does not run. */
export async function lateFault(
  scene: Scene,
  { revoked, stable }: { revoked: VersionRecord; stable: string },
): Promise<void> {
  const { org, tell } = scene;
  const { stage, fleet } = org;
  const place = org.latePlace;
  const { name: account } = place.account;
  tell.chapter('7  An image whose error begins after the bake');
  await fleet.world.scheduler.runFor(hour);
  const rowOf = async () =>
    (await stage.rollout(revoked))?.targets.find(
      (target) => target.account === place.account.id && target.region === place.region,
    );
  const before = (await rowOf())?.groups[0]?.imageBefore;
  const ran = (await fleet.infra.versions()).find(({ amis }) => amis?.[place.region] === before);
  if (!ran) throw new Error(`${account} ran no image of ours before ${revoked.version}`);
  tell.equal('nothing is wrong an hour later', await stage.stable(), revoked.version);
  const journal = new JournalView(fleet);
  tell.fleet(true);
  tell.say(`the team of ${account} deploys tasks with a privileged container in ${place.region}`);
  await updateCustomer(fleet, place, privilegedTasks(customerTemplate(org.shapesAt(place))));
  await stage.until(async () => (await notOn(scene, [place], ran)).length === 0, 6 * hour);
  await fleet.world.scheduler.runFor(hour / 2);

  tell.equal(`its groups are back on ${ran.version}`, await notOn(scene, [place], ran), []);
  tell.equal('no group of any other target was touched', journal.changesBeside(place), []);
  const [version] = (await fleet.infra.versions()).filter(({ n }) => n === revoked.n);
  tell.equal(`${revoked.version} is revoked`, version?.state, 'revoked');
  tell.equal('stable is the version before it', await stage.stable(), stable);
  const row = await rowOf();
  tell.equal(
    'the record says so',
    [row?.ended?.outcome, row?.ended?.reason],
    ['rolled-back', 'late-alarm'],
  );
  tell.matches('people are told', lastMail(scene, 'image revoked'), /image revoked/);
  const deployed = journal.calls('UpdateStack').at(0)?.at;
  const alarmAt = journal.entries.find(({ name }) => name === 'alarm-state-changed')?.at;
  const back = journal.refreshEvents('Succeeded').at(-1);
  const after = (at: string | undefined): string => `${minutesBetween(deployed, at)} min`;
  tell.table(
    ['alarm', 'image revoked', 'rollback complete'],
    [[after(alarmAt), after(version?.reachedAt.revoked), after(back)]],
  );
  tell.say('(minutes of virtual time since the deployment)');
}
