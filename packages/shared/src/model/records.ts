import type { AmiId, ClaimId, ImageLine, Sha256 } from './ids.ts';
import type { VersionNumber } from './image-version.ts';
import type { OutcomeNoticeCode } from './notice.ts';
import type { RefusalReason } from './payload-refusal.ts';
import type { VersionState } from './version-state.ts';

/** One uploaded object version, as S3's event describes it. */
export interface Upload {
  bucket: string;
  key: string;
  versionId: string;
  sizeBytes: number;
  etag: string;
  /** Who uploaded, as far as S3 says: an account id or the name of a service. */
  uploadedBy: string;
  /** ISO 8601 UTC, in whole seconds. */
  uploadedAt: string;
  /** Orders the events of one key, when S3 sent it. */
  sequencer?: string;
}

/** The bytes an image is built from: which, from whom and when. */
export interface PayloadFacts extends Upload {
  sha256: Sha256;
}

/** `upload`: somebody uploaded a payload. `parent`: the parent image moved under a good one. */
export type BuildCause = 'upload' | 'parent';

/** A notice that a state change owes the people; written together with that change. */
export interface NoticeDue {
  code: OutcomeNoticeCode;
  /** The delivery that made the change and therefore sends the notice. */
  owner: string;
  /** From here on another delivery may send it, because the owner must be dead. */
  untilEpochSeconds: number;
}

/** The counter of a line: one item, so that a number can be given away by one conditional write. */
export interface LineRecord {
  /** Highest n ever given to a claim; 0 before the first. */
  highestN: VersionNumber;
  highestClaimId?: ClaimId;
  /** The latest accepted upload, to recognize one that arrives late. */
  newestUpload?: Pick<Upload, 'bucket' | 'key' | 'uploadedAt' | 'sequencer'>;
  recipeQuotaNoticedAt?: string;
}

interface ClaimBase {
  claimId: ClaimId;
  decidedAt: string;
}

/** A request that became a version; it holds all that the version needs, should the next write be lost. */
export interface AcceptedClaim extends ClaimBase {
  decision: 'accepted';
  cause: BuildCause;
  n: VersionNumber;
  payload: PayloadFacts;
  parentAmi: AmiId;
  /** cause `parent`: the version whose payload is built again. */
  basedOn?: VersionNumber;
}

/** An upload that became nothing; people are told once, and DynamoDB removes the record in the end. */
export type RefusedClaim = ClaimBase & {
  cause: 'upload';
  upload: Upload;
  /** ISO 8601 UTC; absent until people were told. */
  noticedAt?: string;
  expiresAtEpochSeconds: number;
} & (
    | { decision: 'rejected'; reason: RefusalReason; sentence: string }
    /** `n`: the version that stands for the same bytes. */
    | { decision: 'unchanged'; n: VersionNumber }
    /** A newer upload was accepted first. */
    | { decision: 'superseded' }
  );

/** What became of one request to build. */
export type ClaimRecord = AcceptedClaim | RefusedClaim;

/** The provenance of one image version, from the uploaded bytes to the AMI in each Region. */
export interface VersionRecord {
  line: ImageLine;
  n: VersionNumber;
  /** `1.0.<n>` */
  version: string;
  claimId: ClaimId;
  cause: BuildCause;
  /** cause `parent`: the version whose payload is built again. */
  basedOn?: VersionNumber;
  state: VersionState;
  /** Why it ended where it ended; a word of ours, or AWS's own sentence for a failed build. */
  reason?: string;
  /** state `failed`: the last lines that the build wrote, oldest first. */
  logTail?: readonly string[];
  /** state `rejected`: the reason in a sentence. */
  sentence?: string;
  payload: PayloadFacts;
  /** The resolved parent image in the home Region. */
  parentAmi: AmiId;
  recipeArn?: string;
  imageArn?: string;
  /** AMI per Region. */
  amis?: Readonly<Record<string, AmiId>>;
  /** ISO 8601 UTC per state. */
  reachedAt: Readonly<Partial<Record<VersionState, string>>>;
  noticeDue?: NoticeDue;
  /** ISO 8601 UTC per notice that was sent. */
  noticedAt: Readonly<Record<string, string>>;
}
