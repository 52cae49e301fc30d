import type { VersionNumber } from '@golden/shared/model/image-version.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { afterMove } from '@golden/shared/plan/version-changes.ts';
import { untilWritten } from '@golden/shared/store/until-written.ts';
import { revocationOf } from './decide.ts';
import type { Deps } from './deps.ts';

/**
 * Revokes the version, if it has not come to another end.
 *
 * @param owner what this delivery is called, the same on each retry of it
 * @returns the version as it now stands; undefined when there is none
 * @throws GoldenError `races-lost`, retryable
 */
export const revokeVersion = (
  n: VersionNumber,
  { report, owner }: { report: LateRollbackReport; owner: string },
  { versions, clock, log }: Deps,
): Promise<VersionRecord | undefined> =>
  untilWritten(`version ${n}`, async () => {
    const version = await versions.version(n);
    if (version === undefined) return undefined;
    const move = revocationOf(version, report, { owner, now: clock.now() });
    if (move === undefined) return version;
    if ((await versions.moveVersion(move)) === 'stale') return 'stale';
    log.error('image-revoked', { version: version.version, from: version.state });
    return afterMove(version, move);
  });
