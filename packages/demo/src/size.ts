import type { GroupShape } from '@golden/stage/customer-template.ts';

/** The first is the infra stack's own; a stack has room for three more. */
export const allRegions = ['eu-west-1', 'eu-central-1', 'eu-north-1', 'us-east-1'] as const;

/** How large the organization of the story is. */
export interface Size {
  /** Workload accounts that take part. */
  readonly accounts: number;
  readonly regions: number;
  /** Groups of the canary target; every shape unless said otherwise. */
  readonly canaryShapes?: readonly GroupShape[];
}

export const defaultSize: Size = { accounts: 8, regions: 2 };
/** Three waves need three targets; one Region is left for the story to add. */
export const sizeLimits = {
  accounts: { min: 3, max: 200 },
  regions: { min: 1, max: allRegions.length - 1 },
} as const;
