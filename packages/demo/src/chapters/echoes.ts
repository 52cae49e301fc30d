import type { VersionRecord } from '@golden/shared/model/records.ts';
import { archivedMessage } from '@golden/stage/image-archive.ts';
import { publishToImages } from '@golden/stage/image-message.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { JournalView } from '../journal-view.ts';
import { groupsOf, lastMail, type Scene } from '../scene.ts';

const repetitions = 20;

/** SNS may say the same twice, late, and an older thing after a newer one. */
export async function echoes(
  scene: Scene,
  { older, newer }: { older: VersionRecord; newer: VersionRecord },
): Promise<void> {
  const { org, tell } = scene;
  const { fleet, stage } = org;
  tell.chapter(`3  The same notification ${repetitions} times, late, and that of an older image`);
  const journal = new JournalView(fleet);
  const before = {
    groups: [...(await groupsOf(scene, org.places))],
    executions: (await stage.executions()).length,
    stable: await stage.stable(),
  };
  await fleet.world.scheduler.runFor(3 * hour);
  for (let time = 0; time < repetitions; time += 1)
    await publishToImages(fleet.infra, archivedMessage(fleet.infra, newer.imageArn));
  await fleet.world.scheduler.runFor(hour);
  await publishToImages(fleet.infra, archivedMessage(fleet.infra, older.imageArn));
  await fleet.world.scheduler.runFor(hour);

  tell.equal('the function behind the topic is told each time', heard(journal) > repetitions, true);
  tell.equal('no call changes a group, an instance or a template', journal.changesBeside(), []);
  tell.equal('no account is even asked', journal.calls('AssumeRole').length, 0);
  tell.equal(
    'groups, rollouts and stable are as before',
    {
      groups: [...(await groupsOf(scene, org.places))],
      executions: (await stage.executions()).length,
      stable: await stage.stable(),
    },
    before,
  );
  tell.matches(
    `people hear that ${older.version} came too late`,
    lastMail(scene),
    /image outdated/,
  );
}

/** How often a message reached the function behind the topic; SNS itself may deliver one twice. */
const heard = (journal: JournalView): number =>
  journal.entries.filter(
    ({ name, detail }) =>
      name === 'notification-delivered' && String(detail['endpoint']).includes('FanOut'),
  ).length;
