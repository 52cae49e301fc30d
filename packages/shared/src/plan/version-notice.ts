import type { Notice, NoticePayload, OutcomeNoticeCode } from '../model/notice.ts';
import { refusalReasons } from '../model/payload-refusal.ts';
import type { RefusedClaim, Upload, VersionRecord } from '../model/records.ts';
import { versionText } from '../model/image-version.ts';

/** How long the delivery that changed a state may take to tell people before another one does it. */
export const noticeTakeoverSeconds = 900;

/**
 * The notice this delivery has to send. Deliveries come twice and side by side: only the one that changed the
 * state sends, or one that comes long after it, when the first must be dead.
 */
export const dueNotice = (
  version: VersionRecord,
  delivery: { owner: string; nowEpochSeconds: number },
): OutcomeNoticeCode | undefined => {
  const due = version.noticeDue;
  if (due === undefined || version.noticedAt[due.code] !== undefined) return undefined;
  const mayTakeOver = delivery.nowEpochSeconds >= due.untilEpochSeconds;
  return due.owner === delivery.owner || mayTakeOver ? due.code : undefined;
};

/** What people are told about a version. */
export const versionNotice = (version: VersionRecord, code: OutcomeNoticeCode): Notice => {
  const about = { version: version.version, payload: noticePayload(version.payload) };
  const reason = version.reason ?? 'no reason recorded';
  switch (code) {
    case 'payload-rejected':
      return {
        ...about,
        code,
        reason: refusalReasons.find((known) => known === version.reason) ?? 'gone',
        sentence: version.sentence ?? reason,
      };
    case 'payload-superseded':
      return { ...about, code };
    case 'image-available':
      return { ...about, code, amis: version.amis ?? {}, parentAmi: version.parentAmi };
    case 'image-failed':
      return { ...about, code, reason, log: version.logTail ?? [] };
    case 'image-cancelled':
    case 'image-outdated':
      return { ...about, code };
    case 'image-revoked':
      return { ...about, code, reason };
    default:
      return code satisfies never;
  }
};

/** What people are told about an upload that became nothing. */
export const refusedClaimNotice = (claim: RefusedClaim): Notice => {
  const payload = noticePayload(claim.upload);
  switch (claim.decision) {
    case 'rejected':
      return { code: 'payload-rejected', reason: claim.reason, sentence: claim.sentence, payload };
    case 'unchanged':
      return { code: 'payload-unchanged', version: versionText(claim.n), payload };
    case 'superseded':
      return { code: 'payload-superseded', payload };
    default:
      return claim satisfies never;
  }
};

const noticePayload = (upload: Upload): NoticePayload => ({
  bucket: upload.bucket,
  key: upload.key,
  versionId: upload.versionId,
  uploadedBy: upload.uploadedBy,
  uploadedAt: upload.uploadedAt,
});
