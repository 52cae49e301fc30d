import type { StableParameter } from '@golden/shared/aws/stable-parameter.ts';
import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { inNameOrder } from '@golden/shared/model/text-order.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import type { VersionStore } from '@golden/shared/store/version-store.ts';

/** As many versions as an account has room for recipes; the stable one is among the newest. */
const versionsReadMax = 10_000;
/** Each further round means that a version became stable or was revoked in between. */
const roundsMax = 5;

/**
 * Sets the parameter to the newest version that is stable, or removes it when there is none. What it shall be follows from the
 * table alone: so whoever changes a version calls this afterwards, and the last one to write has seen the last change.
 */
export const syncStable = async (deps: {
  versions: VersionStore;
  stable: StableParameter;
  log: Log;
}): Promise<void> => {
  let wanted = await stableText(deps.versions);
  for (let round = 0; round < roundsMax; round += 1) {
    if ((await deps.stable.read()) !== wanted) {
      if (wanted === undefined) await deps.stable.remove();
      else await deps.stable.write(wanted);
      deps.log.info('stable-moved', { to: wanted ?? 'none' });
    }
    const now = await stableText(deps.versions);
    if (now === wanted) return;
    wanted = now;
  }
  throw new GoldenError({
    code: 'races-lost',
    message: `the stable version changed under ${roundsMax} tries; the caller tries again`,
    retryable: true,
  });
};

const stableText = async (versions: VersionStore): Promise<string | undefined> => {
  const newestFirst = await versions.newestVersions(versionsReadMax);
  const stable = newestFirst.find(({ state }) => state === 'stable');
  return stable && stableValue(stable);
};

/** What readers of the parameter get: JSON with the version and the AMI of each Region. */
const stableValue = ({ version, imageArn, amis = {} }: VersionRecord): string =>
  JSON.stringify({
    version,
    imageArn,
    amis: inNameOrder(amis),
  });
