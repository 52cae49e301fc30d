import { targetName } from '@golden/shared/model/target.ts';
import type { Group } from '@golden/stage/group-mirror.ts';
import { leaving, type Facts } from './facts.ts';
import type { RaisedAlarm } from './simulate.ts';
import { hasLetterOf } from './stillness.ts';

/** So late may an event come, and find that the window has closed. */
const onItsWayMs = 10 * 60_000;

/**
 * An alarm that went off after an image had arrived, and not longer after than the window, took its groups back, and the image
 * is revoked; a sentence for each that did not. Accounts that have left or cannot launch, and events that were given up, are
 * excused.
 */
export const checkLateAlarms = (facts: Facts): string[] =>
  facts.run.alarms.flatMap((alarm) => checkAlarm(alarm, facts));

function checkAlarm(alarm: RaisedAlarm, facts: Facts): string[] {
  const { fleet, watch } = facts.run;
  const version = facts.versionOf(alarm.shipment);
  const rollout = facts.rollouts.find(({ record }) => record.n === version?.n);
  const target = rollout?.targets.get(targetName(alarm));
  const stableAt = Date.parse(version?.reachedAt.stable ?? '');
  if (!version || target?.startedAt === undefined || !(stableAt <= alarm.at)) return [];
  if (
    !wasRaised(alarm, facts) ||
    facts.deedsIn(alarm.account, [...leaving, 'suspends-launches']).length > 0
  )
    return [];
  const { line } = fleet.stage.fleet.infra;
  const isExcused = [`golden-${line}-handler`, 'RevokeImage'].some((name) =>
    hasLetterOf(fleet.world, name),
  );
  if (isExcused) return [];
  const windowMs = Number(facts.run.scenario.parameters['LateRollbackWindowHours']) * 3_600_000;
  const due = watch.groups
    .groupsAt(alarm)
    .filter((group) => alarm.at - arrivedAt(group, alarm) < windowMs - onItsWayMs);
  if (due.length === 0) return [];
  const ami = version.amis?.[alarm.region] ?? '';
  const stays = due
    .filter((group) => watch.groups.runningAt(group).includes(ami))
    .map(({ name }) => `${name} stays on ${ami}, although the alarm went off after it had arrived`);
  return version.state === 'revoked'
    ? stays
    : [...stays, `${version.version} is ${version.state} after an alarm took it back late`];
}

/** When the last refresh before the alarm ended; long ago for none. */
const arrivedAt = ({ refreshes }: Group, { at }: RaisedAlarm): number =>
  Math.max(
    0,
    ...refreshes.map(({ endedAt }) => endedAt?.getTime() ?? at).filter((ended) => ended < at),
  );

/** An alarm that was in ALARM already has not changed, and nobody hears of it. */
const wasRaised = ({ at, account, region }: RaisedAlarm, { run }: Facts): boolean =>
  run.fleet.world.journal.entries.some(
    (entry) =>
      entry.name === 'alarm-state-changed' &&
      entry.account === account &&
      entry.region === region &&
      entry.detail['to'] === 'ALARM' &&
      String(entry.detail['alarm']).includes('EcsErrors') &&
      Math.abs(Date.parse(entry.at) - at) < 1_000,
  );
