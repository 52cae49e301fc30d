import type { StopReason } from '@golden/shared/model/rollout.ts';

const causeLengthMax = 500;

/** What the engine caught, as the reason why a rollout ends. */
export const stopOfError = (error: {
  Error: string;
  Cause: string;
  State: string;
}): StopReason => ({
  code: error.State === 'ListTargets' ? 'accounts-not-listed' : 'engine-error',
  sentence: `${error.State || 'a state'} failed with ${error.Error}: ${error.Cause.slice(0, causeLengthMax)}`,
});
