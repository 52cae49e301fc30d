import { targetOutcomes, type TargetRecord } from '@golden/shared/model/target.ts';
import { shapeOf } from '@golden/stage/group-view.ts';
import type { RolloutView } from '@golden/stage/rollout-stage.ts';
import { counted } from './table.ts';
import type { Teller } from './teller.ts';

/** Prints what a rollout is going to do, and whom it leaves out, and why. */
export function tellPlan(tell: Teller, view: RolloutView): void {
  const { planned, others } = parted(view);
  tell.say(`the plan of ${view.record.version}:`);
  tell.table(
    ['wave', 'account', 'region', 'groups (instances)'],
    planned.map(({ wave, accountName, region, groups }) => [
      String(wave),
      accountName,
      region,
      groups.map(({ group, size }) => `${shapeOf(group)} (${size})`).join(', '),
    ]),
  );
  tellWarnings(tell, planned);
  tell.say('');
  // What keeps an account out is mostly the same in each Region.
  const alike = Map.groupBy(others, ({ accountName, ended, region }) =>
    JSON.stringify([accountName, ended?.outcome, ended?.sentence?.replaceAll(region, '')]),
  );
  tell.table(
    ['not in it', 'regions', 'because'],
    [...alike.values()].map((targets) => [
      targets[0]?.accountName ?? '',
      targets.map(({ region }) => region).join(', '),
      targets[0] ? `${outcomeOf(targets[0])}: ${targets[0].ended?.sentence ?? ''}` : '',
    ]),
  );
}

/** Prints what became of every account and Region, one line each. */
export function tellOutcomes(tell: Teller, view: RolloutView): void {
  const { planned, others } = parted(view);
  tell.table(
    ['wave', 'account', 'region', 'outcome'],
    [...planned, ...others].map((target) => [
      String(target.wave ?? '-'),
      target.accountName,
      target.region,
      outcomeOf(target),
    ]),
  );
  tellEnd(tell, view);
}

/** Prints the same in short: those that fared alike together. */
export function tellSummary(tell: Teller, view: RolloutView): void {
  const { planned, others } = parted(view);
  const all = [...planned, ...others];
  const regions = new Set(all.map(({ region }) => region));
  const alike = Map.groupBy(all, outcomeOf);
  tell.table(
    ['outcome', 'targets', 'accounts; in every Region, where none is named'],
    [...alike].map(([outcome, targets]) => [
      outcome,
      String(targets.length),
      [...Map.groupBy(targets, ({ accountName }) => accountName)]
        .map(([name, some]) =>
          some.length === regions.size
            ? name
            : `${name} (${some.map(({ region }) => region).join(', ')})`,
        )
        .join(', '),
    ]),
  );
  tellEnd(tell, view);
}

function tellEnd(tell: Teller, { record, targets }: RolloutView): void {
  const outcomes = targetOutcomes.flatMap((outcome) =>
    targets.flatMap(({ ended }) => (ended?.outcome === outcome ? [outcome] : [])),
  );
  tell.say(`${record.version} is ${record.state}: ${counted(outcomes)}`);
  if (record.stop) tell.say(`because of ${record.stop.code}: ${record.stop.sentence}`);
}

/** In the order in which they move; whom nobody moves comes by name. */
const parted = ({ targets }: RolloutView) => ({
  planned: targets
    .filter(({ wave }) => wave !== undefined)
    .toSorted((one, other) => (one.wave ?? 0) - (other.wave ?? 0) || byName(one, other)),
  others: targets.filter(({ wave }) => wave === undefined).toSorted(byName),
});

const byName = (one: TargetRecord, other: TargetRecord): number =>
  nameOf(one) < nameOf(other) ? -1 : 1;
const nameOf = ({ accountName, region }: TargetRecord): string => `${accountName} ${region}`;

/** `rolled-back (alarm)` */
const outcomeOf = ({ ended }: TargetRecord): string => {
  const { outcome = 'no outcome', reason } = ended ?? {};
  return reason === undefined ? outcome : `${outcome} (${reason})`;
};

/** Each warning once, with how many groups it is about: most of them say the same of every group. */
function tellWarnings(tell: Teller, targets: readonly TargetRecord[]): void {
  const found = targets.flatMap(({ warnings, groups }) => [
    ...warnings,
    ...groups.flatMap((group) => group.warnings ?? []),
  ]);
  const byReason = [...Map.groupBy(found, ({ reason }) => reason)];
  tell.table(
    ['warning', 'times', 'for example'],
    byReason.map(([reason, all]) => [reason, String(all.length), all[0]?.sentence ?? '']),
  );
}
