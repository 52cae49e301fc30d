import { groupTags } from '@golden/shared/model/group.ts';
import { recordedLastGood } from '@golden/shared/model/last-good.ts';
import { targetName } from '@golden/shared/model/target.ts';
import {
  activeRefresh,
  type Group,
  type GroupMirror,
  type Refresh,
  type Spot,
} from './group-mirror.ts';
import { startsLateMsMaxUnderFaults } from './rollout-invariants.ts';
import type { StateMirror } from './state-mirror.ts';
import type { StopLedger } from './stop-ledger.ts';

/** What is looked at whenever a group is touched. */
export interface RefreshFacts {
  readonly groups: GroupMirror;
  readonly state: StateMirror;
  readonly stops: StopLedger;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Touched {
  readonly spot: Spot;
  readonly group: Group;
}

const tagsOf = ({ tags }: Group): Readonly<Record<string, string>> =>
  Object.fromEntries([...tags].map(([key, { value }]) => [key, value]));

const nameOf = ({ spot, group }: Touched): string => `${targetName(spot)} ${group.name}`;

/** Only groups that some rollout has told to move are ever changed. */
export function touchBreaches(touched: Touched, what: string, { state }: RefreshFacts): string[] {
  const name = targetName(touched.spot);
  const isTold = [...state.rollouts.values()].some(
    ({ targets }) => targets.get(name)?.startedAt !== undefined,
  );
  return isTold ? [] : [`${nameOf(touched)}: ${what}, and nobody was told to move it`];
}

/** What a refresh breaks that has just been started by the handler of its account. */
export function startBreaches(touched: Touched, facts: RefreshFacts): string[] {
  const { spot, group } = touched;
  const [refresh, ...before] = group.refreshes;
  if (refresh === undefined) return [];
  const other = before.find((one) => one.endedAt === undefined);
  const twice = other ? [`${nameOf(touched)}: ${refresh.id} began while ${other.id} goes on`] : [];
  const rolloutId = facts.groups.rolloutOf(spot, refresh);
  return [
    ...twice,
    ...(rolloutId === undefined
      ? backBreaches(touched, refresh, facts)
      : forwardBreaches(touched, { refresh, before, rolloutId }, facts)),
  ];
}

function forwardBreaches(
  touched: Touched,
  {
    before,
    rolloutId,
    refresh,
  }: { refresh: Refresh; before: readonly Refresh[]; rolloutId: string },
  facts: RefreshFacts,
): string[] {
  const { spot, group } = touched;
  const { groups, state, stops, now } = facts;
  const what = `${nameOf(touched)} to ${rolloutId}`;
  const rollout = state.rollouts.get(rolloutId);
  const target = rollout?.targets.get(targetName(spot));
  if (!rollout || target?.startedAt === undefined || target.wave === undefined)
    return [`${what}: nobody was told to move it`];
  const found: string[] = [];
  if (before.some((one) => groups.rolloutOf(spot, one) === rolloutId))
    found.push(`${what}: a second refresh of this rollout`);
  for (const earlier of before) {
    const id = groups.rolloutOf(spot, earlier);
    const order = id === undefined ? '' : (state.rollouts.get(id)?.record.order ?? '');
    if (order > rollout.record.order) found.push(`${what}: it goes backwards from ${id ?? ''}`);
  }
  const stop = stops.stopOf(rolloutId, target.wave);
  if (stop && now - stop.since > startsLateMsMaxUnderFaults)
    found.push(`${what}: it began ${now - stop.since} ms after it had to stop: ${stop.why}`);
  const tags = tagsOf(group);
  const good = recordedLastGood(tags, rolloutId);
  const ami = groups.versionsOf(spot, refresh.desired)[0]?.ami ?? '';
  if (!good) found.push(`${what}: it began without a last good version: ${JSON.stringify(tags)}`);
  if (good?.some((version) => version.ami === ami))
    found.push(`${what}: its last good version is the image that it goes to, ${ami}`);
  const saved = groups.versionsOf(spot, group.source);
  if (group.source.kind !== 'configuration' && group.source.template.version.startsWith('$'))
    found.push(`${what}: it began while ${group.source.template.version} is saved`);
  if (saved.some((version) => version.ami === ami))
    found.push(`${what}: ${ami} was saved on it before the refresh has succeeded`);
  return found;
}

/** A way back leads to what the group ran before: to what its tags record, and never to an image that it went back from. */
function backBreaches(touched: Touched, refresh: Refresh, { groups }: RefreshFacts): string[] {
  const { spot, group } = touched;
  const tags = tagsOf(group);
  const [wanted = ''] = (tags[groupTags.rollback] ?? '').split(' ');
  const to = groups.versionsOf(spot, refresh.desired);
  const good = recordedLastGood(tags, wanted);
  const isGood =
    good !== undefined &&
    to.length > 0 &&
    to.every(({ templateId, version }) =>
      good.some((one) => one.templateId === templateId && one.version === version),
    );
  return isGood
    ? []
    : [
        `${nameOf(touched)} goes back from ${wanted} to ${to.map(({ templateId, version }) => `${templateId}:${version}`).join(' ')}, and its tags record ${JSON.stringify(tags)}`,
      ];
}

/** The tags of a group never record as good what it went back from, nor an image that is known to be bad there. */
export function tagBreaches(touched: Touched, { groups }: RefreshFacts): string[] {
  const { spot, group } = touched;
  const tags = tagsOf(group);
  const left = group.refreshes
    .filter(({ status, rollback }) => status === 'RollbackSuccessful' && rollback !== undefined)
    .flatMap(({ desired }) => groups.versionsOf(spot, desired))
    .map(({ ami }) => ami);
  const recorded = tags[groupTags.lastGood] ?? '';
  return left
    .filter((ami) => recorded.includes(ami))
    .map(
      (ami) => `${nameOf(touched)}: ${ami}, which it went back from, is recorded as its last good`,
    );
}

/** A group of one launches before it terminates: while it is refreshed it always has its instance. */
export function strengthBreaches(touched: Touched): string[] {
  const { group } = touched;
  if (!activeRefresh(group) || group.desiredCapacity === 0) return [];
  const serving = [...group.members.values()].filter(({ state }) => state === 'InService').length;
  return serving === 0 && group.desiredCapacity <= 1
    ? [`${nameOf(touched)} has no instance in service while it is refreshed`]
    : [];
}
