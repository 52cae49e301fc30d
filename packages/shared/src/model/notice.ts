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

/** A target that did not do well, for people. */
export interface NoticedTarget {
  account: string;
  accountName: string;
  region: string;
  outcome: string;
  sentence: string;
}

/** Everything that people are told. */
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
  | { code: 'image-cancelled'; version: string; payload: NoticePayload }
  | { code: 'image-outdated'; version: string; payload: NoticePayload }
  | { code: 'image-revoked'; version: string; reason: string; payload: NoticePayload }
  | {
      code: RolloutNoticeCode;
      version: string;
      rolloutId: string;
      /** Why it ended before its last wave; empty for a completed one. */
      reason: string;
      /** How many targets ended in which way. */
      outcomes: Readonly<Record<string, number>>;
      /** The first of those that failed, went back or were not reached. */
      targets: readonly NoticedTarget[];
    };

export type RolloutNoticeCode =
  'rollout-completed' | 'rollout-halted' | 'rollout-superseded' | 'rollout-aborted';

export type NoticeCode = Notice['code'];

/** The notices with which a version ends or becomes usable; each is owed by one change of state. */
export const outcomeNoticeCodes = [
  'payload-rejected',
  'payload-superseded',
  'image-available',
  'image-failed',
  'image-cancelled',
  'image-outdated',
  'image-revoked',
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
    case 'image-outdated':
      return `Version ${notice.version} became available after a newer one, so it is not rolled out; upload its payload again if it shall be the newest.`;
    case 'image-revoked':
      return `Version ${notice.version} is revoked: ${notice.reason}. It is rolled out no further, and stable is the version before it.`;
    case 'rollout-completed':
      return `Version ${notice.version} has reached every wave and is stable now: ${countsText(notice.outcomes)}.`;
    case 'rollout-halted':
      return `The rollout of version ${notice.version} was halted: ${notice.reason}. No further group is moved; ${countsText(notice.outcomes)}.`;
    case 'rollout-superseded':
      return `The rollout of version ${notice.version} made way for a newer image: ${notice.reason}; ${countsText(notice.outcomes)}.`;
    case 'rollout-aborted':
      return `The rollout of version ${notice.version} came to no end of its own: ${notice.reason}; ${countsText(notice.outcomes)}.`;
    default:
      return notice satisfies never;
  }
};

/** `2 refreshed, 1 skipped`. */
const countsText = (outcomes: Readonly<Record<string, number>>): string =>
  Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ') || 'no target';

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
