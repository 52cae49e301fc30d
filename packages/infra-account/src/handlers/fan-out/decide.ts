import type { AmiId } from '@golden/shared/model/ids.ts';
import { accountOfPipeline, normalizedName } from '@golden/shared/model/image-builder-arn.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { OutcomeNoticeCode } from '@golden/shared/model/notice.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { canMove } from '@golden/shared/model/version-state.ts';
import type { ImageReport } from '@golden/shared/payload/image-report.ts';
import type { VersionMove } from '@golden/shared/plan/version-changes.ts';
import { noticeTakeoverSeconds } from '@golden/shared/plan/version-notice.ts';

/** Who we are, as far as Image Builder's messages can tell. */
export interface OurBuilds {
  pipelineArn: string;
  recipeName: string;
  /** Home Region first. */
  regions: readonly string[];
}

export interface RecordDecision {
  kind: 'record';
  to: 'available' | 'failed' | 'cancelled';
  notice: OutcomeNoticeCode;
  reason?: string;
  amis?: Readonly<Record<string, AmiId>>;
  /** Distribution Regions that the message names no AMI for. */
  missingRegions: readonly string[];
}

export type ReportDecision =
  | RecordDecision
  /** Written before; only the notice may still be owed. */
  | { kind: 'repeat' }
  /** The message overtook the writing of its build's ARN. */
  | { kind: 'too-early' }
  | { kind: 'ignore'; why: IgnoreReason };

export type IgnoreReason =
  'other-pipeline' | 'other-recipe' | 'unknown-version' | 'unknown-build' | 'out-of-order';

// A reason is a sentence for people; the last lines of the log say the rest.
const reasonLengthMax = 1_000;

/** Whether a report is about this line at all; the topic and the bus carry those of others too. */
export const refuseStranger = (report: ImageReport, ours: OurBuilds): IgnoreReason | undefined => {
  if (report.pipelineArn !== undefined && report.pipelineArn !== ours.pipelineArn) {
    return 'other-pipeline';
  }
  const sameRecipe = normalizedName(report.image.recipeName) === normalizedName(ours.recipeName);
  const sameAccount = report.image.accountId === accountOfPipeline(ours.pipelineArn);
  return sameRecipe && sameAccount ? undefined : 'other-recipe';
};

/** Decides what a report of our line does to the version it is about. */
export const decideReport = (
  report: ImageReport,
  version: VersionRecord,
  ours: OurBuilds,
): ReportDecision => {
  if (version.imageArn !== report.imageArn) {
    // The ARN is recorded right after the start; until then this may be our own build that ended at once.
    const mayBeOurs = version.state === 'claimed' && version.imageArn === undefined;
    return mayBeOurs ? { kind: 'too-early' } : { kind: 'ignore', why: 'unknown-build' };
  }
  const outcome = outcomeOf(report, ours);
  if (version.reachedAt[outcome.to] !== undefined) return { kind: 'repeat' };
  return canMove(version.state, outcome.to) ? outcome : { kind: 'ignore', why: 'out-of-order' };
};

const outcomeOf = (report: ImageReport, ours: OurBuilds): RecordDecision => {
  switch (report.status) {
    case 'AVAILABLE':
      return availableOutcome(report, ours);
    case 'FAILED': {
      const reason = report.reason.slice(0, reasonLengthMax);
      return { kind: 'record', to: 'failed', notice: 'image-failed', reason, missingRegions: [] };
    }
    case 'CANCELLED':
      return { kind: 'record', to: 'cancelled', notice: 'image-cancelled', missingRegions: [] };
    default:
      return report satisfies never;
  }
};

const availableOutcome = (
  report: ImageReport & { status: 'AVAILABLE' },
  ours: OurBuilds,
): RecordDecision => {
  const owner = accountOfPipeline(ours.pipelineArn);
  // A distribution may also copy into other accounts, in the same Region: those are not ours to roll out.
  const own = report.amis.filter(({ accountId }) => (accountId ?? owner) === owner);
  const amis = Object.fromEntries(own.map(({ region, ami }) => [region, ami]));
  const missingRegions = ours.regions.filter((region) => amis[region] === undefined);
  if (own.length === 0) {
    const reason = 'Image Builder said AVAILABLE and named no AMI of this account';
    return { kind: 'record', to: 'failed', notice: 'image-failed', reason, missingRegions };
  }
  return { kind: 'record', to: 'available', notice: 'image-available', amis, missingRegions };
};

/** The one write that records a report, together with the notice that is owed for it. */
export const moveOfReport = (change: {
  version: VersionRecord;
  decision: RecordDecision;
  /** What the build wrote last; empty unless it failed. */
  logTail: readonly string[];
  owner: string;
  now: Instant;
}): VersionMove => {
  const { version, decision, logTail, owner, now } = change;
  return {
    n: version.n,
    from: version.state,
    to: decision.to,
    at: now.iso,
    facts: {
      ...(decision.reason === undefined ? {} : { reason: decision.reason }),
      ...(logTail.length === 0 ? {} : { logTail }),
      ...(decision.amis === undefined ? {} : { amis: decision.amis }),
      noticeDue: {
        code: decision.notice,
        owner,
        untilEpochSeconds: now.epochSeconds + noticeTakeoverSeconds,
      },
    },
  };
};
