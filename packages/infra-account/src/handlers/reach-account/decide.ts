import type { ImageLine } from '@golden/shared/model/ids.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';

/** STS API Reference, AssumeRole, RoleSessionName: at most 64 of these characters. */
const sessionNameLengthMax = 64;

/** `<line>-<action>-<rollout>`, so that CloudTrail of the target says what for: for people, nothing depends on it. */
export const sessionName = (line: ImageLine, request: Readonly<Record<string, unknown>>): string =>
  [line, request['action'], request['rolloutId']]
    .filter((part) => typeof part === 'string')
    .join('-')
    .replaceAll(/[^\w+=,.@-]/g, '_')
    .slice(0, sessionNameLengthMax);

/**
 * The engine repeats a step that died, some of them for an hour. A question that is heard too late by that is not put at all:
 * the rollout may have had to stop since.
 *
 * @returns undefined for one that is in time
 */
export const tooLate = (notAfter: string | undefined, now: Instant): ReachAnswer | undefined =>
  notAfter === undefined || now.iso <= notAfter
    ? undefined
    : {
        outcome: 'unreachable',
        reason: 'call-failed',
        detail: `the question was to be asked until ${notAfter}, and it is ${now.iso}; whether it still is to be asked is decided again`,
      };
