import type { AmiId, ImageLine } from './ids.ts';
import type { RefusalReason } from './payload-refusal.ts';

/** The payload a notice is about; enough to find the object again. */
export interface NoticePayload {
  bucket: string;
  key: string;
  versionId: string;
  uploadedBy: string;
  uploadedAt: string;
}

/** Everything the build half tells people. */
export type Notice =
  | {
      code: 'payload-rejected';
      reason: RefusalReason;
      sentence: string;
      payload: NoticePayload;
      version?: string;
    }
  | { code: 'payload-unchanged'; version: string; payload: NoticePayload }
  | { code: 'payload-superseded'; payload: NoticePayload; version?: string }
  | { code: 'parent-blocked'; reason: string; parentAmi: AmiId; version: string }
  | { code: 'recipe-quota-near'; recipeCount: number; recipeCountMax: number }
  | {
      code: 'image-available';
      version: string;
      amis: Readonly<Record<string, AmiId>>;
      parentAmi: AmiId;
      payload: NoticePayload;
    }
  | {
      code: 'image-failed';
      version: string;
      reason: string;
      /** The last lines that the build wrote, oldest first. */
      log: readonly string[];
      payload: NoticePayload;
    }
  | { code: 'image-cancelled'; version: string; payload: NoticePayload };

export type NoticeCode = Notice['code'];

/** The notices with which a version ends or becomes usable; each is owed by one change of state. */
export const outcomeNoticeCodes = [
  'payload-rejected',
  'payload-superseded',
  'image-available',
  'image-failed',
  'image-cancelled',
] as const satisfies readonly NoticeCode[];

export type OutcomeNoticeCode = (typeof outcomeNoticeCodes)[number];

export interface NoticeMessage {
  /** ASCII, at most 100 characters, one line: what SNS takes as the subject of an e-mail. */
  subject: string;
  /** JSON: `code`, `line`, `at`, `sentence` and what the notice carries. */
  body: string;
}

// SNS API reference, Publish: "must be ASCII text ... must not include line breaks or control characters,
// and must be less than 100 characters long".
const subjectLengthMax = 99;

const sentenceOf = (notice: Notice): string => {
  switch (notice.code) {
    case 'payload-rejected':
      return `${notice.payload.key} was not accepted: ${notice.sentence}`;
    case 'payload-unchanged':
      return `${notice.payload.key} holds the same bytes as version ${notice.version} on the same parent image, so nothing is built.`;
    case 'payload-superseded':
      return `${notice.payload.key} is not built, because a newer payload of this line came first; upload it again if it shall be the newest.`;
    case 'parent-blocked':
      return `The parent image moved to ${notice.parentAmi}, but nothing is built on it: ${notice.reason}. The watch stays silent until the parent moves again; uploading a payload builds at once.`;
    case 'recipe-quota-near':
      return `${notice.recipeCount} of ${notice.recipeCountMax} Image Builder recipes are in use in this account and Region; delete old recipes or raise the quota, or payloads will be rejected.`;
    case 'image-available':
      return `Version ${notice.version} is available in ${Object.keys(notice.amis).sort().join(', ')}.`;
    case 'image-failed':
      return `Version ${notice.version} failed: ${notice.reason}`;
    case 'image-cancelled':
      return `The build of version ${notice.version} was cancelled.`;
    default:
      return notice satisfies never;
  }
};

const topicOf = (notice: Notice): string => {
  const version = 'version' in notice ? ` ${notice.version}` : '';
  const reason = notice.code === 'payload-rejected' ? ` (${notice.reason})` : '';
  return `${notice.code.replaceAll('-', ' ')}${reason}${version}`;
};

/** Renders a notice as e-mail readers and programs both can use it. */
export const noticeMessage = (
  notice: Notice,
  context: { line: ImageLine; at: string },
): NoticeMessage => ({
  subject: `golden ${context.line}: ${topicOf(notice)}`.slice(0, subjectLengthMax),
  body: JSON.stringify(
    { ...notice, line: context.line, at: context.at, sentence: sentenceOf(notice) },
    undefined,
    2,
  ),
});
