import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { rolloutBreaches, startsLateMsMaxUnderFaults } from '@golden/stage/rollout-invariants.ts';
import { checkGroups } from './check-groups.ts';
import { checkLateAlarms } from './check-late-alarms.ts';
import { explainRollout } from './explain-rollout.ts';
import { Facts } from './facts.ts';
import { isNoImage } from './scenario.ts';
import type { Run } from './simulate.ts';
import { hasLetterOf, withoutEnd } from './stillness.ts';

/** What a run has come to. */
export type Verdict =
  | { readonly kind: 'converged' }
  /** It came to rest, and not as it would have in quiet: each reason stands in the list of those that are allowed. */
  | { readonly kind: 'explained'; readonly reasons: readonly string[] }
  | { readonly kind: 'failed'; readonly step: number; readonly breaches: readonly string[] };

/** Safety first; then everything has to be at rest, recorded truly, and explained. */
export async function judge(run: Run): Promise<Verdict> {
  const { watch, fleet } = run;
  const [first] = watch.breaches;
  if (first)
    return {
      kind: 'failed',
      step: first.sequence,
      breaches: watch.breaches.map(({ sequence, at, sentence }) => `${sequence} ${at} ${sentence}`),
    };
  const facts = new Facts(run);
  const findings = facts.rollouts.map((rollout) => explainRollout(rollout, facts));
  const letters = checkDeadLetters(facts);
  const breaches = [
    ...run.unrest.map((what) => `it does not come to rest: ${what}`),
    ...withoutEnd(watch)
      .filter(() => !facts.wasDone('stops-execution'))
      .map((id) => `${id} has no end`),
    ...findings.flatMap((finding) => finding.breaches),
    ...checkVersions(facts),
    ...(await checkStable(facts)),
    ...checkMails(facts),
    ...checkGroups(facts),
    ...checkLateAlarms(facts),
    ...letters.breaches,
    ...(await rolloutBreaches(fleet.stage, livePlaces(run), {
      startsLateMsMax: startsLateMsMaxUnderFaults,
    })),
  ];
  if (breaches.length > 0)
    return { kind: 'failed', step: fleet.world.journal.entries.length, breaches };
  const reasons = [
    ...new Set([...findings.flatMap((finding) => finding.reasons), ...letters.reasons]),
  ];
  return reasons.length === 0
    ? { kind: 'converged' }
    : { kind: 'explained', reasons: reasons.toSorted() };
}

/** Nobody can look into an account that is closed. */
const livePlaces = ({ fleet }: Run) =>
  fleet.places.filter(({ account }) => fleet.world.directory.get(account.id)?.state === 'ACTIVE');

/** What is to become of it lies in the failure queue, and people were told so by the alarm of that queue. */
const isKept = (facts: Facts, state: string): boolean =>
  (state === 'building' || state === 'available') &&
  hasLetterOf(facts.run.fleet.world, 'FanOut') &&
  facts.wereStruck(['FanOut', 'StartBuild']) &&
  facts.run.fleet.stage.fleet.infra
    .emails()
    .some(({ subject }) => subject.startsWith('ALARM') && subject.includes('FanOutFailures'));

/** Every shipment became what it had to. */
function checkVersions(facts: Facts): string[] {
  const { shipments } = facts.run.scenario;
  return shipments.flatMap(({ fortune }, index) => {
    const version = facts.versionOf(index);
    const what = `shipment ${index + 1}, ${fortune},`;
    if (fortune === 'refused')
      return version === undefined || version.state === 'rejected'
        ? []
        : [`${what} became ${version.version}, ${version.state}`];
    if (version === undefined) return [`${what} became no version`];
    const { state } = version;
    if (isKept(facts, state)) return [];
    if (isNoImage(fortune)) return state === 'failed' ? [] : [`${what} is ${state}`];
    const ends = ['stable', 'superseded', 'halted', 'revoked'];
    return ends.includes(state) || facts.wasDone('stops-execution')
      ? []
      : [`${what} is still ${state}: ${version.reason ?? ''}`];
  });
}

/** The parameter says what the newest stable version is. */
async function checkStable(facts: Facts): Promise<string[]> {
  const { stage } = facts.run.fleet;
  const stable = [...facts.run.watch.state.versions.values()].findLast(
    ({ state }) => state === 'stable',
  );
  const said = await stage.stable();
  return said === stable?.version
    ? []
    : [`the parameter stable says ${said ?? 'nothing'}, and ${stable?.version ?? 'no version'} is`];
}

/** People were told of every image and of every end, at least once. */
function checkMails(facts: Facts): string[] {
  const subjects = new Set(
    facts.run.fleet.stage.fleet.infra.emails().map(({ subject }) => subject),
  );
  const { line } = facts.run.fleet.stage.fleet.infra;
  const wanted = [
    ...facts.rollouts
      .filter(({ record }) => isRolloutEnd(record.state))
      .map(({ record }) => [`rollout ${record.state} ${record.version}`]),
    // An image that a newer one had overtaken already may be told of as that alone.
    ...[...facts.run.watch.state.versions.values()]
      .filter(({ state, reachedAt }) => reachedAt.available !== undefined && !isKept(facts, state))
      .map(({ version }) => [`image available ${version}`, `image outdated ${version}`]),
  ];
  return wanted
    .filter((either) => !either.some((subject) => subjects.has(`golden ${line}: ${subject}`)))
    .map(([subject = '']) => `nobody was mailed: ${subject}`);
}

/** What a service notes in the journal when it gives a message up. */
const givenUp = [
  'event-dropped',
  'moved-to-dead-letter-queue',
  'delivery-failed',
  'event-delivery-failed',
  'dead-letter-sent',
];

/** A message may be given up only where calls went wrong for long, or in an account that has left. */
function checkDeadLetters(facts: Facts): { reasons: string[]; breaches: string[] } {
  const { fleet, strikes, deeds } = facts.run;
  const letters = fleet.world.journal.entries.filter(({ name }) => givenUp.includes(name));
  const isExplained = strikes.length > 0 || deeds.some(({ result }) => result === 'done');
  return isExplained
    ? { breaches: [], reasons: letters.map(({ service }) => `dead letter of ${service}`) }
    : {
        reasons: [],
        breaches: letters.map(
          ({ sequence, name, detail }) => `${sequence} ${name} ${JSON.stringify(detail)}`,
        ),
      };
}
