import { groupTags } from '@golden/shared/model/group.ts';
import { parseLastGood } from '@golden/shared/model/last-good.ts';
import type { Group, Spot } from '@golden/stage/group-mirror.ts';
import { leaving, type Facts } from './facts.ts';

/** What the groups of the customers run in the end, against what is recorded of them; a sentence for each breach. */
export function checkGroups(facts: Facts): string[] {
  const { fleet, watch } = facts.run;
  return fleet.places.flatMap(({ account, region }) => {
    if (fleet.world.directory.get(account.id)?.state !== 'ACTIVE') return [];
    const spot = { account: account.id, region };
    return watch.groups
      .groupsAt(spot)
      .flatMap((group) =>
        [
          ...checkImage(spot, group, facts),
          ...checkLastGood(group, facts),
          ...checkRecord(spot, group, facts),
        ].map((sentence) => `${account.name} ${region} ${group.name}: ${sentence}`),
      );
  });
}

/** No bad image stays, unless nobody could get at the account. */
function checkImage({ account }: Spot, group: Group, facts: Facts): string[] {
  if (facts.deedsIn(account, [...leaving, 'suspends-launches']).length > 0) return [];
  if (facts.wasDone('stops-execution')) return [];
  const bad = facts.run.watch.groups.runningAt(group).filter((ami) => facts.isBad(ami));
  return bad.map((ami) => `it runs ${ami}, a bad image, in the end`);
}

function checkLastGood(group: Group, facts: Facts): string[] {
  const tag = group.tags.get(groupTags.lastGood)?.value;
  if (tag === undefined) return [];
  const good = parseLastGood(tag);
  if (!good) return [`its last good version cannot be read: ${tag}`];
  return good
    .filter(({ ami }) => facts.isBad(ami))
    .map(({ ami }) => `its last good image is ${ami}, a bad one`);
}

/** The newest rollout that has moved a group says truly where it is. */
function checkRecord({ account, region }: Spot, group: Group, facts: Facts): string[] {
  const moved = facts.rollouts.findLast(({ targets }) =>
    targets
      .get(`${account}/${region}`)
      ?.groups.some(
        ({ group: name, state }) =>
          name === group.name && (state === 'refreshed' || state === 'rolled-back'),
      ),
  );
  const known = moved?.targets
    .get(`${account}/${region}`)
    ?.groups.find(({ group: name }) => name === group.name);
  const ami = moved?.record.amis[region];
  if (!moved || !known || ami === undefined) return [];
  if (facts.deedsIn(account, [...leaving, 'suspends-launches']).length > 0) return [];
  const running = facts.run.watch.groups.runningAt(group);
  const isThere = running.length > 0 && running.every((image) => image === ami);
  const isGone = !running.includes(ami);
  if (known.state === 'refreshed' ? isThere : isGone) return [];
  const later = facts.rollouts.some(
    ({ record, targets }) =>
      record.order > moved.record.order &&
      targets.get(`${account}/${region}`)?.startedAt !== undefined,
  );
  return later
    ? []
    : [
        `${moved.record.rolloutId} has recorded it as ${known.state}, and it runs ${running.join(', ') || 'nothing'}`,
      ];
}
