import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import type { GroupView } from '@golden/stage/group-view.ts';
import type { Organization } from './organization.ts';
import type { Teller } from './teller.ts';

/** What every chapter is given. */
export interface Scene {
  readonly org: Organization;
  readonly tell: Teller;
}

/** `<account> <Region> <group>` of every group of some places, with how it stands. */
export async function groupsOf(
  { org }: Scene,
  places: readonly Place[],
): Promise<ReadonlyMap<string, GroupView>> {
  const found = new Map<string, GroupView>();
  for (const place of places)
    for (const [shape, view] of await org.fleet.groups(place))
      found.set(`${place.account.name} ${place.region} ${shape}`, view);
  return found;
}

/** Groups with an instance on another image than a version's. */
export async function notOn(
  scene: Scene,
  places: readonly Place[],
  version: VersionRecord,
): Promise<readonly string[]> {
  return [...(await groupsOf(scene, places))]
    .filter(([name, { running }]) => {
      const ami = version.amis?.[name.split(' ')[1] ?? ''] ?? 'none';
      return running.length === 0 || running.some((instance) => !instance.endsWith(` ${ami}`));
    })
    .map(([name]) => name);
}

/** What groups are saved on and run, without their tags: all that a way back has to restore. */
export const standing = (groups: ReadonlyMap<string, GroupView>) =>
  [...groups].map(([name, { saved, overrides, running }]) => [name, saved, overrides, running]);

/** The text of the last mail that people got, or of the last one with a subject. */
export function lastMail({ org }: Scene, subject = ''): string | undefined {
  const mail = org.fleet.infra.emails().findLast((one) => one.subject.includes(subject));
  return mail === undefined ? undefined : `${mail.subject}\n${mail.body}`;
}
