import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { MirroredRollout } from '@golden/stage/state-mirror.ts';
import { payloadKey, shipmentOf } from './payloads.ts';
import { isBadImage, type ActKind, type Fortune } from './scenario.ts';
import type { Run } from './simulate.ts';

/** Acts by which an account and Region can no longer be asked, or no longer belongs to the line. */
export const leaving: readonly ActKind[] = [
  'closes',
  'leaves-unit',
  'leaves-organization',
  'distrusts',
  'deletes-invoker',
  'deletes-stack-instance',
];

/** What happened in a run, as far as a verdict asks for it. */
export class Facts {
  readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  get rollouts(): readonly MirroredRollout[] {
    return [...this.run.watch.state.rollouts.values()].toSorted((one, other) =>
      one.record.order < other.record.order ? -1 : 1,
    );
  }

  /** The version that a shipment became; undefined for none. */
  versionOf(shipment: number): VersionRecord | undefined {
    const fortune = this.run.scenario.shipments[shipment]?.fortune ?? 'good';
    const key = payloadKey(fortune, shipment);
    return [...this.run.watch.state.versions.values()].find(({ payload }) => payload.key === key);
  }

  fortuneOf(n: number): Fortune {
    const key = this.run.watch.state.versions.get(n)?.payload.key ?? '';
    const found = this.run.scenario.shipments[shipmentOf(key) ?? -1];
    if (!found) throw new Error(`version ${n} was made of ${key}, which nobody has uploaded`);
    return found.fortune;
  }

  /** The bad image, if any, that an AMI is. */
  isBad(ami: string): boolean {
    return [...this.run.watch.state.versions.values()].some(
      ({ n, amis = {} }) =>
        isBadImage(this.fortuneOf(n)) && Object.values<string>(amis).includes(ami),
    );
  }

  /** What was done in an account until an instant, of the kinds asked for. */
  deedsIn(account: string, kinds: readonly ActKind[]): readonly ActKind[] {
    const { deeds, fleet } = this.run;
    return deeds
      .filter(({ result, kind }) => result === 'done' && kinds.includes(kind))
      .filter((deed) => fleet.stage.fleet.place(deed.account).account.id === account)
      .map(({ kind }) => kind);
  }

  wasDone(kind: ActKind): boolean {
    return this.run.deeds.some((deed) => deed.kind === kind && deed.result === 'done');
  }

  /** Whether calls of these functions went wrong, by name; `account` for the handlers of workload accounts. */
  wereStruck(names: readonly string[], account?: string): boolean {
    return this.run.strikes.some(
      (strike) =>
        names.includes(strike.name) && (account === undefined || strike.account === account),
    );
  }

  /** Whether the way to a target was struck: the function that asks, or its own handler. */
  wasCutOff(account: string): boolean {
    const { line } = this.run.fleet.stage.fleet.infra;
    return (
      this.wereStruck(['ReachAccount', 'SteerTarget']) ||
      this.wereStruck([`golden-${line}-handler`], account)
    );
  }
}
