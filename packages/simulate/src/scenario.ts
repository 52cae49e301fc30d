import type { WorldSettings } from '@golden/emulator';
import type { GroupShape } from '@golden/stage/customer-template.ts';
import type { FaultShares, Outage } from '@golden/stage/seeded-faults.ts';

/** What becomes of a payload. `late`: it is good, and an alarm goes off after its rollout has ended. */
export type Fortune =
  | 'good'
  | 'late'
  | 'places-nothing'
  | 'registers-nowhere'
  | 'fails-build'
  | 'fails-test'
  | 'refused';

/** Images that become available and must not stay anywhere. */
export const isBadImage = (fortune: Fortune): boolean =>
  fortune === 'places-nothing' || fortune === 'registers-nowhere';
/** Payloads that become no image. */
export const isNoImage = (fortune: Fortune): boolean =>
  fortune === 'fails-build' || fortune === 'fails-test' || fortune === 'refused';

export const units = ['workloads', 'batch'] as const;
export type Unit = (typeof units)[number];

/** Groups of one account in one Region. */
export interface PlaceOfGroups {
  readonly region: string;
  readonly shapes: readonly GroupShape[];
}

export interface AccountOfScenario {
  readonly name: string;
  readonly unit: Unit;
  readonly places: readonly PlaceOfGroups[];
}

/** Accounts that do not follow from the start. `outside`: in no unit; `closed`: suspended; `taken`: the name of the invoker role is. */
export const strays = ['outside', 'closed', 'taken'] as const;
export type Stray = (typeof strays)[number];

export interface Shipment {
  readonly fortune: Fortune;
  /** Minutes after the upload before, or when everything before has come to rest. */
  readonly after: number | 'rest';
}

/** What the owners of accounts do, and the management account. */
export type ActKind =
  | 'closes'
  | 'leaves-unit'
  | 'leaves-organization'
  | 'distrusts'
  | 'deletes-invoker'
  | 'deletes-stack-instance'
  | 'suspends-launches'
  | 'stops-execution';

export interface Act {
  readonly kind: ActKind;
  /** Name of the account; of no meaning for the execution, which is the infra account's. */
  readonly account: string;
  readonly region: string;
  /** Since the first upload. */
  readonly minutes: number;
}

/** An outage, in minutes since the first upload; the account by name. */
export type DrawnOutage = Pick<Outage, 'service' | 'operation' | 'kind'> & {
  readonly account?: string;
  readonly fromMinutes: number;
  readonly minutes: number;
};

/** Everything that one run is made of: the same scenario gives the same run, to the byte. */
export interface Scenario {
  /** Ids, chances of the world and the faults of single calls follow from it. */
  readonly seed: string;
  readonly world: Partial<WorldSettings>;
  readonly otherRegions: readonly string[];
  readonly accounts: readonly AccountOfScenario[];
  readonly strays: readonly Stray[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of accounts that move first. */
  readonly canaries: readonly string[];
  readonly shipments: readonly Shipment[];
  readonly shares: FaultShares;
  readonly outages: readonly DrawnOutage[];
  readonly acts: readonly Act[];
  /** When the faults stop: minutes after the last upload, or right before it. */
  readonly calm: number | 'before-last';
}
