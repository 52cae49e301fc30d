import { hour } from '@golden/stage/infra-stage.ts';
import type { Scene } from '../scene.ts';
import { goodImage } from './good-image.ts';

/** The organization grows: another Region and another account are enrolled, and the next image reaches them. */
export async function growth(scene: Scene, payload: { name: string; body: string }): Promise<void> {
  const { org, tell } = scene;
  const region = org.newRegion;
  const title = `8  ${region} and a new account are enrolled`;
  tell.chapter(title);
  await org.addRegion();
  tell.equal(
    'the infra stack is updated',
    (await org.fleet.infra.stack())?.StackStatus,
    'UPDATE_COMPLETE',
  );
  const joined = await org.join('batch-new', 'batch');
  await org.fleet.world.scheduler.runFor(hour / 2);
  const instances = await org.fleet.stackInstances();
  tell.equal(
    'the StackSet reaches the account by itself, in each Region',
    instances
      .filter(({ Account }) => Account === joined.account.id)
      .map(
        ({ Region, StackInstanceStatus: status }) =>
          `${Region ?? ''} ${status?.DetailedStatus ?? ''}`,
      )
      .sort(),
    org.regions.toSorted().map((name) => `${name} SUCCEEDED`),
  );
  await org.addCustomer(joined, ['SingleGroup']);
  await org.addCustomer({ ...joined, region }, ['SingleGroup']);
  await org.addCustomer(org.fleet.place(org.canary, region), ['SingleGroup']);
  await goodImage(scene, { title: `   ${payload.name} reaches them`, ...payload });
}
