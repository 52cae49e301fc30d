import { claimIdOf } from '@golden/shared/model/ids.ts';
import type { AmiId } from '@golden/shared/model/ids.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { parentClaimText } from '@golden/shared/plan/claim-text.ts';
import { planParentWatch } from '@golden/shared/plan/parent-watch.ts';
import { refuseUnshareable } from '@golden/shared/plan/sharing.ts';
import { digestOf } from '@golden/shared/runtime/digest.ts';
import type { Deps } from './deps.ts';
import { makeClaim } from './make-claim.ts';
import { pursueClaim } from './pursue-claim.ts';

// Every version of a line has a recipe, and an account holds 1,000 of them by default; ten times that is years.
const versionsReadMax = 10_000;

/** Builds the good payload again when the parent image moved under it. */
export const handleParentWatch = async (deps: Deps): Promise<void> => {
  const parentAmi = await deps.parents.resolve(deps.config.PARENT_IMAGE);
  const versions = await deps.versions.newestVersions(versionsReadMax);
  const decision = planParentWatch(versions, parentAmi);
  switch (decision.kind) {
    case 'idle':
      deps.log.info('parent-watch-idle', { why: decision.why, parentAmi });
      return;
    case 'blocked':
      return tellBlocked({ by: decision.by, reason: decision.reason, parentAmi }, deps);
    case 'build':
      return rebuild({ ...decision, parentAmi }, deps);
    default:
      return decision satisfies never;
  }
};

const rebuild = async (
  request: { baseline: VersionRecord; parentAmi: AmiId; attempt: number },
  deps: Deps,
): Promise<void> => {
  const { baseline, parentAmi, attempt } = request;
  const { payload } = baseline;
  const bucket = deps.config.PAYLOAD_BUCKET;
  if (payload.bucket !== bucket) {
    const reason = `the payload of version ${baseline.version} lies in the bucket ${payload.bucket}, and this line reads ${bucket} now; upload it there`;
    return tellBlocked({ by: baseline, reason, parentAmi }, deps);
  }
  const defaults = await deps.ebsDefaults.inRegions(deps.config.DISTRIBUTION_REGIONS);
  const refusal = refuseUnshareable({ defaults, amiKmsKeyId: deps.config.AMI_KMS_KEY_ID });
  if (refusal !== undefined) {
    return tellBlocked({ by: baseline, reason: refusal.sentence, parentAmi }, deps);
  }
  const claimText = parentClaimText({ sha256: payload.sha256, parentAmi, attempt });
  const claimId = claimIdOf(digestOf(claimText));
  const known = await deps.versions.claim(claimId);
  if (known?.decision === 'accepted') return pursueClaim(known, deps);

  const line = await deps.versions.line();
  const claim = { claimId, cause: 'parent', payload, parentAmi, basedOn: baseline.n } as const;
  return pursueClaim(await makeClaim(claim, line, deps), deps);
};

/** Once for each parent image: a watch that repeats itself every day is a watch that nobody reads. */
const tellBlocked = async (
  blocked: { by: VersionRecord; reason: string; parentAmi: AmiId },
  deps: Deps,
): Promise<void> => {
  const { by, reason, parentAmi } = blocked;
  const notice = `parent-blocked ${parentAmi}`;
  deps.log.info('parent-blocked', { reason, parentAmi, version: by.version });
  if (by.noticedAt[notice] !== undefined) return;
  const at = deps.clock.now().iso;
  await deps.notices.send({ code: 'parent-blocked', reason, parentAmi, version: by.version }, at);
  await deps.versions.noteVersionNotice({ n: by.n, notice, at });
};
