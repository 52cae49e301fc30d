/**
 * List prices of us-east-1 in US dollars, without free tiers and discounts, per single unit.
 *
 * Source: the pricing page of each service (aws.amazon.com/<service>/pricing), as of November 2026.
 */
const prices = {
  'state transitions of Step Functions, Standard': 0.025 / 1_000,
  'requests of Lambda': 0.2 / 1_000_000,
  'GB-seconds of Lambda on arm64': 0.000_013_333_4,
  'write request units of DynamoDB, on demand': 0.625 / 1_000_000,
  'read request units of DynamoDB, on demand': 0.125 / 1_000_000,
  'PUT and LIST requests of S3': 0.005 / 1_000,
  'GET requests of S3': 0.0004 / 1_000,
  'GB of logs taken in by CloudWatch Logs': 0.5,
  'hours of a t3.medium that old and new instances run side by side': 0.0416,
} as const;

export type Billed = keyof typeof prices;

/** How much of what was used. */
export type Usage = Readonly<Record<Billed, number>>;

export interface Bill {
  /** By what is billed: how much of it, and US dollars. */
  readonly items: Readonly<Record<string, { readonly quantity: number; readonly dollars: number }>>;
  /** US dollars: what the product itself uses. */
  readonly productDollars: number;
  /** US dollars: with the instances that a refresh launches before it terminates others. */
  readonly dollars: number;
}

const sideBySide: Billed = 'hours of a t3.medium that old and new instances run side by side';
const significant = (value: number): number => Number(value.toPrecision(3));

/** What a rollout costs by list price. */
export function billOf(usage: Usage): Bill {
  const billed = Object.keys(prices) as Billed[];
  const dollarsOf = (what: Billed): number => usage[what] * prices[what];
  const sum = (some: readonly Billed[]): number =>
    significant(some.reduce((total, what) => total + dollarsOf(what), 0));
  return {
    items: Object.fromEntries(
      billed.map((what) => [
        what,
        { quantity: significant(usage[what]), dollars: significant(dollarsOf(what)) },
      ]),
    ),
    productDollars: sum(billed.filter((what) => what !== sideBySide)),
    dollars: sum(billed),
  };
}
