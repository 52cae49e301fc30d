import type { OutcomeNoticeCode } from '@golden/shared/model/notice.ts';
import type { Refusal } from '@golden/shared/model/payload-refusal.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { afterMove } from '@golden/shared/plan/version-changes.ts';
import type { VersionMove } from '@golden/shared/plan/version-changes.ts';
import { noticeTakeoverSeconds } from '@golden/shared/plan/version-notice.ts';
import { settleNotice } from '@golden/shared/store/settle-notice.ts';
import type { Deps } from './deps.ts';

export interface VersionEnd {
  to: 'rejected' | 'failed' | 'superseded';
  reason: string;
  sentence?: string;
  notice: OutcomeNoticeCode;
}

/** Ends a claimed version and tells people. */
export const endVersion = async (
  version: VersionRecord,
  end: VersionEnd,
  deps: Deps,
): Promise<void> => {
  const now = deps.clock.now();
  const move: VersionMove = {
    n: version.n,
    from: 'claimed',
    to: end.to,
    at: now.iso,
    facts: {
      reason: end.reason,
      ...(end.sentence === undefined ? {} : { sentence: end.sentence }),
      noticeDue: {
        code: end.notice,
        // The claim is the same on every delivery of its message, and the queue never hands out two at once.
        owner: version.claimId,
        untilEpochSeconds: now.epochSeconds + noticeTakeoverSeconds,
      },
    },
  };
  if ((await deps.versions.moveVersion(move)) === 'stale') {
    deps.log.warn('lost-race', { version: version.version, to: end.to });
    // Perhaps against ourselves: the SDK writes again when an answer is lost, and then the notice is still owed.
    const known = await deps.versions.version(version.n);
    if (known?.claimId === version.claimId) await settleNotice(known, version.claimId, deps);
    return;
  }
  await settleNotice(afterMove(version, move), version.claimId, deps);
};

/** Ends a version whose payload turned out to be one that cannot be built. */
export const rejectVersion = async (
  version: VersionRecord,
  refusal: Refusal,
  deps: Deps,
): Promise<void> => {
  deps.log.warn('payload-rejected', { version: version.version, reason: refusal.reason });
  await endVersion(version, { to: 'rejected', ...refusal, notice: 'payload-rejected' }, deps);
};
