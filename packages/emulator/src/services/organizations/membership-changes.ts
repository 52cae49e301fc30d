import { defineWatch } from '../../world/watch.ts';

/** What became of an account in its organization. */
export interface MembershipChange {
  readonly kind: 'joined' | 'moved' | 'left' | 'suspended' | 'closed';
  readonly organizationId: string;
  readonly managementAccountId: string;
  readonly accountId: string;
  /** The ids from the root down to where the account was before; empty for one that has just joined. */
  readonly from: readonly string[];
  /** The ids from the root down to where it is now; empty for one that left. */
  readonly to: readonly string[];
}

/** An account has joined, moved, left, or was suspended or closed: services with trusted access follow at once. */
export const membershipChanges = defineWatch<MembershipChange>('organizations-membership-changes');
