import { CreateImageCommand, DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2';
import { isAwsError } from '../../world/aws-error.ts';
import type { Instance } from '../ec2/state.ts';
import { pause, roleOf, type Build } from './build-context.ts';
import { BuildFailure, executionFailed } from './build-failure.ts';
import {
  launchInstance,
  requireSession,
  serviceTags,
  terminate,
  toTagList,
} from './build-instance.ts';
import { BuildLog, streamLog, uploadLog } from './build-log.ts';
import { resolveImageName } from './image-name.ts';
import { ParentUnusable, resolveParent } from './parent-image.ts';
import { runComponents } from './run-components.ts';

const imagePollMs = 30_000;
const imagePollsMax = 240; // 2 hours; EC2 takes minutes
const buildTimeoutMs = 24 * 3600 * 1000; // a limit of this emulator for a build stage; AWS names none

/** Builds on the parent image and makes an AMI of the result. */
export async function buildStage(build: Build): Promise<string> {
  const executionId = newExecution(build, 'build');
  const parent = await parentOf(build, executionId);
  const instance = await launchInstance(build, {
    imageId: parent.ImageId ?? '',
    architecture: parent.Architecture,
    purpose: 'Build',
    executionId,
    mappings: build.image.recipe.blockDeviceMappings ?? [],
  });
  await runLogged(build, instance, {
    executionId,
    phases: ['build', 'validate'],
    deadline: build.scope.now + buildTimeoutMs,
  });
  const imageId = await makeImage(build, instance, executionId);
  await terminate(build, [instance.id]);
  return imageId;
}

/** Boots the new AMI and runs the test phases on it. */
export async function testStage(build: Build, imageId: string): Promise<void> {
  const executionId = newExecution(build, 'test');
  const startedAt = build.scope.now;
  const instance = await launchInstance(build, {
    imageId,
    architecture: await architectureOf(build, imageId),
    purpose: 'Test',
    executionId,
    mappings: [],
  });
  await runLogged(build, instance, {
    executionId,
    phases: ['test'],
    deadline: startedAt + build.image.tests.timeoutMinutes * 60_000,
  });
  await terminate(build, [instance.id]);
}

function newExecution(build: Build, kind: 'build' | 'test'): string {
  const id = build.scope.uuid('execution');
  build.image.jobIds.set(kind, id);
  return id;
}

async function parentOf(build: Build, executionId: string): Promise<Image> {
  try {
    return await resolveParent(build);
  } catch (error) {
    if (isAwsError(error) || error instanceof ParentUnusable)
      throw executionFailed(build.image, executionId, { message: error.message });
    throw error;
  }
}

async function architectureOf(build: Build, imageId: string): Promise<string | undefined> {
  const { Images } = await build.scope.send(new DescribeImagesCommand({ ImageIds: [imageId] }), {
    as: roleOf(build),
  });
  return Images?.[0]?.Architecture;
}

/** Runs phases and delivers the log, whether they succeed or not. */
async function runLogged(
  build: Build,
  instance: Instance,
  options: {
    readonly executionId: string;
    readonly phases: readonly string[];
    readonly deadline: number;
  },
): Promise<void> {
  const log = new BuildLog();
  const { executionId, deadline } = options;
  try {
    await runComponents({ build, instance, log, executionId, deadline }, options.phases);
  } catch (error) {
    if (error instanceof BuildFailure) await deliverQuietly(build, instance, log, executionId);
    throw error;
  }
  const session = requireSession(build, instance);
  await streamLog(build, log, session);
  try {
    await uploadLog(build, log, { session, executionId });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    build.scope.record('log-lost', { error: error.code, message: error.message });
    // Source: IB User Guide, "Troubleshoot Image Builder issues": without PutObject for the logs the build fails.
    throw executionFailed(build.image, executionId, {
      message: 'AccessDenied: Access Denied status code: 403',
    });
  }
}

/** After a failure the failure is what counts, not its log. */
async function deliverQuietly(
  build: Build,
  instance: Instance,
  log: BuildLog,
  executionId: string,
): Promise<void> {
  try {
    const session = requireSession(build, instance);
    await streamLog(build, log, session);
    await uploadLog(build, log, { session, executionId });
  } catch (error) {
    if (!isAwsError(error) && !(error instanceof BuildFailure)) throw error;
    build.scope.record('log-lost', { message: error.message });
  }
}

async function makeImage(build: Build, instance: Instance, executionId: string): Promise<string> {
  const { scope, image } = build;
  const home = image.distribution?.distributions.find(({ region }) => region === scope.region);
  const tags = serviceTags(build);
  try {
    const { ImageId = '' } = await scope.send(
      new CreateImageCommand({
        InstanceId: instance.id,
        Name: resolveImageName(build, home?.amiDistributionConfiguration?.name),
        Description: home?.amiDistributionConfiguration?.description ?? image.recipe.description,
        TagSpecifications: [
          { ResourceType: 'image', Tags: toTagList({ ...image.recipe.amiTags, ...tags }) },
          { ResourceType: 'snapshot', Tags: toTagList(tags) },
        ],
      }),
      { as: roleOf(build) },
    );
    await untilAvailable(build, ImageId, scope.region);
    return ImageId;
  } catch (error) {
    if (isAwsError(error)) throw executionFailed(image, executionId, { message: error.message });
    throw error;
  }
}

/**
 * Waits for an AMI of this account.
 *
 * @throws AwsError what EC2 answers
 * @throws BuildFailure when the AMI fails or never comes
 */
export async function untilAvailable(
  build: Build,
  imageId: string,
  region: string,
): Promise<Image> {
  for (let poll = 0; poll < imagePollsMax; poll += 1) {
    await pause(build, imagePollMs);
    const { Images } = await build.scope.send(new DescribeImagesCommand({ ImageIds: [imageId] }), {
      as: roleOf(build),
      region,
    });
    const [found] = Images ?? [];
    if (found?.State === 'available') return found;
    if (found?.State !== 'pending')
      throw new BuildFailure(
        found?.StateReason?.Message ?? `the image ${imageId} is ${found?.State ?? 'gone'}`,
      );
  }
  throw new BuildFailure(`the image ${imageId} did not become available`);
}
