import type { Notices } from '../aws/notices.ts';
import type { VersionRecord } from '../model/records.ts';
import { dueNotice, versionNotice } from '../plan/version-notice.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { VersionStore } from './version-store.ts';

export interface NoticeDeps {
  versions: VersionStore;
  notices: Notices;
  clock: Clock;
  log: Log;
}

/**
 * Sends the notice that the last change of state owes, if it is this delivery's to send.
 *
 * People are told before it is recorded that they were: a crash in between tells them twice, and the other
 * order would tell them never.
 *
 * @param owner what this delivery is called, the same on each retry of it
 */
export const settleNotice = async (
  version: VersionRecord,
  owner: string,
  deps: NoticeDeps,
): Promise<void> => {
  const now = deps.clock.now();
  const code = dueNotice(version, { owner, nowEpochSeconds: now.epochSeconds });
  if (code === undefined) return;
  await deps.notices.send(versionNotice(version, code), now.iso);
  await deps.versions.noteVersionNotice({ n: version.n, notice: code, at: now.iso });
  deps.log.info('notice-sent', { notice: code, version: version.version });
};
