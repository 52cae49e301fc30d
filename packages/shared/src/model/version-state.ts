/** States of an image version, in the order in which a good one goes through them, then the six ends. */
export const versionStates = [
  'claimed',
  'building',
  'available',
  'rolling-out',
  'stable',
  'rejected',
  'failed',
  'cancelled',
  'superseded',
  'halted',
  'revoked',
] as const;

export type VersionState = (typeof versionStates)[number];

/**
 * The whole machine. Anything that is not in this table did not happen: messages come twice, late and out of
 * order, and a state that is already further on must not be taken back.
 */
const transitions: Readonly<Record<VersionState, readonly VersionState[]>> = {
  claimed: ['building', 'rejected', 'failed', 'superseded'],
  building: ['available', 'failed', 'cancelled'],
  // Halted: its execution died before it had said that it rolls out.
  available: ['rolling-out', 'halted', 'superseded', 'revoked'],
  'rolling-out': ['stable', 'halted', 'superseded', 'revoked'],
  stable: ['revoked'],
  halted: ['rolling-out', 'revoked'],
  rejected: [],
  failed: [],
  cancelled: [],
  superseded: [],
  revoked: [],
};

export const canMove = (from: VersionState, to: VersionState): boolean =>
  transitions[from].includes(to);

/** A version in one of these states stands for its bytes: building them again would give nothing new. */
export const isLive = (state: VersionState): boolean =>
  state === 'building' || state === 'available' || state === 'rolling-out' || state === 'stable';

/** While a version is in one of these states the parent watch keeps its hands off the line. */
export const isBusy = (state: VersionState): boolean =>
  state === 'building' || state === 'rolling-out';
