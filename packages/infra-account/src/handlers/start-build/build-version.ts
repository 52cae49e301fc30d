import type { VersionRecord } from '@golden/shared/model/records.ts';
import { refuseGone } from '@golden/shared/plan/check-payload.ts';
import { clientToken } from '@golden/shared/plan/client-token.ts';
import { refuseQuota } from '@golden/shared/plan/quota.ts';
import { buildKey, recipeContent } from '@golden/shared/plan/recipe.ts';
import { judgeStartedImage } from '@golden/shared/plan/started-image.ts';
import type { CreatedRecipe } from '@golden/shared/aws/image-builder.ts';
import type { Deps } from './deps.ts';
import { endVersion, rejectVersion } from './end-version.ts';

/**
 * Copies the payload, makes the recipe and starts the pipeline; each of them once, however often this runs.
 *
 * @returns `recipe-taken` when the version needs another number; else its claim is settled
 */
export const buildVersion = async (
  version: VersionRecord,
  deps: Deps,
  bytes?: Uint8Array,
): Promise<'settled' | 'recipe-taken'> => {
  if ((await keepPayload(version, deps, bytes)) === 'gone') {
    await rejectVersion(version, refuseGone, deps);
    return 'settled';
  }
  const recipe = await createRecipe(version, deps);
  switch (recipe.kind) {
    case 'taken':
      return 'recipe-taken';
    case 'quota':
      await rejectVersion(version, refuseQuota, deps);
      return 'settled';
    case 'ready':
      await deps.versions.noteRecipe({ n: version.n, recipeArn: recipe.recipeArn });
      await startPipeline(version, deps);
      return 'settled';
    default:
      return recipe satisfies never;
  }
};

/** From here on the build reads a key that names the bytes, whatever happens to the uploaded object. */
const keepPayload = async (
  version: VersionRecord,
  deps: Deps,
  bytes?: Uint8Array,
): Promise<'kept' | 'gone'> => {
  // The parent watch builds a payload again that was kept when it was uploaded; and a version that has its recipe was
  // kept by the delivery that made it, so nobody asks for the uploaded object again.
  if (version.cause === 'parent' || version.recipeArn !== undefined) return 'kept';
  const content = bytes ?? (await deps.payloads.read(version.payload));
  if (content === 'gone') return 'gone';
  const { sha256 } = version.payload;
  const bucket = deps.config.PAYLOAD_BUCKET;
  await deps.payloads.keep({ bucket, key: buildKey(sha256), bytes: content });
  return 'kept';
};

const createRecipe = async (version: VersionRecord, deps: Deps): Promise<CreatedRecipe> => {
  const kmsKeyId = deps.config.AMI_KMS_KEY_ID;
  const encryption =
    kmsKeyId === ''
      ? undefined
      : { kmsKeyId, deviceName: await deps.rootDevices.nameFor(version.parentAmi) };
  return deps.imageBuilder.createRecipe({
    content: recipeContent({ ...version, bucket: deps.config.PAYLOAD_BUCKET }),
    clientToken: clientToken('recipe', version),
    ...(encryption === undefined ? {} : { encryption }),
  });
};

const startPipeline = async (version: VersionRecord, deps: Deps): Promise<void> => {
  const imageArn = await deps.imageBuilder.startPipeline(clientToken('start', version));
  const recipeName = deps.config.IMAGE_RECIPE_NAME;
  const started = judgeStartedImage({ imageArn, recipeName, n: version.n });
  switch (started.kind) {
    case 'ours':
      return recordStart(version, imageArn, deps);
    case 'superseded':
      deps.log.warn('claim-superseded', { version: version.version, imageArn });
      await cancelImage(version, imageArn, deps);
      return endVersion(
        version,
        { to: 'superseded', reason: started.reason, notice: 'payload-superseded' },
        deps,
      );
    case 'recipe-not-resolved':
      deps.log.error('recipe-not-resolved', { version: version.version, imageArn });
      await cancelImage(version, imageArn, deps);
      return endVersion(
        version,
        { to: 'failed', reason: started.reason, notice: 'image-failed' },
        deps,
      );
    default:
      return started satisfies never;
  }
};

const recordStart = async (version: VersionRecord, imageArn: string, deps: Deps): Promise<void> => {
  const at = deps.clock.now().iso;
  const move = { n: version.n, from: 'claimed', to: 'building', at, facts: { imageArn } } as const;
  if ((await deps.versions.moveVersion(move)) === 'stale') {
    deps.log.warn('lost-race', { version: version.version, to: move.to });
    return;
  }
  deps.log.info('build-started', { version: version.version, imageArn });
};

const cancelImage = async (version: VersionRecord, imageArn: string, deps: Deps): Promise<void> => {
  const image = { imageArn, clientToken: clientToken('cancel', version) };
  if ((await deps.imageBuilder.cancelImage(image)) === 'refused') {
    deps.log.warn('image-cancel-refused', { imageArn });
  }
};
