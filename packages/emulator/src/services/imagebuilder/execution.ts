import type { Scope } from '../../world/scope.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { moveTo, pauseBetween, type Build } from './build-context.ts';
import { BuildCancelled, BuildFailure } from './build-failure.ts';
import { terminate } from './build-instance.ts';
import { distribute } from './distribute.ts';
import { isFinal } from './images.ts';
import { announceEnd } from './notification.ts';
import type { StoredImage } from './state.ts';
import { buildStage, testStage } from './stages.ts';

// AWS states no durations; these are what short builds take.
const queueMs = [3_000, 15_000] as const;
const createMs = [20_000, 60_000] as const;
const integrateMs = [5_000, 20_000] as const;
/** What all images of this emulator are. Source: IB User Guide, supported operating systems. */
const osVersion = 'Amazon Linux 2023';

/** Runs a build by itself from now on, in virtual time. */
export function startBuild(from: Scope, image: StoredImage): void {
  const scope = from.at({ service: 'imagebuilder' });
  const build: Build = { scope, image, instances: new Set() };
  scope.record('image-state', { arn: image.arn, status: image.status });
  scope.after(scope.between('queue', queueMs[0], queueMs[1]), `build ${image.arn}`, () =>
    run(build),
  );
}

async function run(build: Build): Promise<void> {
  const { image } = build;
  try {
    await advance(build);
  } catch (error) {
    if (error instanceof BuildCancelled) return cancel(build);
    if (!(error instanceof BuildFailure) && !isAwsError(error)) throw error;
    image.reason = error.message;
    image.failure = {
      imageStatus: image.status,
      ...(error instanceof BuildFailure ? error.context : {}),
    };
    if (image.infrastructure.settings.terminateInstanceOnFailure)
      await terminate(build, [...build.instances]);
    moveTo(build, 'FAILED');
  }
  await announceEnd(build);
}

/** Source: Image Builder API Reference, ImageState. */
async function advance(build: Build): Promise<void> {
  const { image } = build;
  if (image.cancelRequested) throw new BuildCancelled('the build was cancelled');
  moveTo(build, 'CREATING');
  await pauseBetween(build, 'create', createMs);
  moveTo(build, 'BUILDING');
  const imageId = await buildStage(build);
  if (image.tests.imageTestsEnabled) {
    moveTo(build, 'TESTING');
    await testStage(build, imageId);
  }
  moveTo(build, 'DISTRIBUTING');
  const amis = await distribute(build, imageId);
  moveTo(build, 'INTEGRATING');
  image.jobIds.set('integration', build.scope.uuid('integration'));
  await pauseBetween(build, 'integrate', integrateMs);
  image.amis = amis;
  image.osVersion = osVersion;
  moveTo(build, 'AVAILABLE');
}

/** Only EventBridge hears of a cancelled build. */
async function cancel(build: Build): Promise<void> {
  await terminate(build, [...build.instances]);
  if (!isFinal(build.image)) moveTo(build, 'CANCELLED');
}
