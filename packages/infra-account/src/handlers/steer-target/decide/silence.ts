import { secondsSince } from '@golden/shared/model/instant.ts';
import type { UnreachableReason } from '@golden/shared/payload/reach-answer.ts';
import { pollSeconds } from './poll.ts';
import { ask } from './situation.ts';
import type { Action, Situation, Step } from './situation.ts';

/** What time alone does not mend: only as long as IAM takes to spread, and a stack to be updated. */
const lasting: readonly (UnreachableReason | 'request-invalid')[] = [
  'role-denied',
  'region-disabled',
  'function-missing',
  'function-denied',
  'answer-too-large',
  'answer-invalid',
  'request-invalid',
];
const lastingSecondsMax = 300;
/** From then on nobody waits for a quick answer any more. */
const hurriedSecondsMax = 900;
export type Purpose = 'survey' | 'move' | 'recheck';

/** While groups may be on their way there, giving up costs more than waiting. */
const passingSecondsMax: Readonly<Record<Purpose, number>> = {
  survey: 900,
  recheck: 900,
  move: 3_600,
};

/**
 * A target, or some group of it, gives no answer: ask again for as long as that may help.
 *
 * @returns undefined when it has been silent for too long
 */
export const askAgain = (
  { record, now }: Situation,
  silence: {
    reason?: UnreachableReason | 'request-invalid';
    action: Action;
    purpose: Purpose;
  },
): Step | undefined => {
  const silentSince = record.silentSince ?? now.iso;
  const silentSeconds = secondsSince(silentSince, now);
  const isLasting = silence.reason !== undefined && lasting.includes(silence.reason);
  const secondsMax = isLasting ? lastingSecondsMax : passingSecondsMax[silence.purpose];
  if (silentSeconds >= secondsMax) return undefined;
  const since = { survey: now.iso, move: record.startedAt, recheck: record.recheckedAt };
  const elapsed = secondsSince(since[silence.purpose] ?? now.iso, now);
  const soon = silentSeconds < 60 ? 10 : 60;
  // One that answers now and then begins a new silence each time; for days that would be too many looks for one history.
  const waitSeconds = elapsed < hurriedSecondsMax ? soon : Math.max(soon, pollSeconds(elapsed));
  return ask({ ...record, silentSince }, silence.action, waitSeconds);
};
