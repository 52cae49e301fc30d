import { createHash } from 'node:crypto';
import type { World } from '../../world/world.ts';

/** One Amazon-owned image in one Region, with the public parameter that names it while it is the newest. */
export interface AmazonImage {
  readonly imageId: string;
  readonly snapshotId: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly ownerId: string;
  readonly parameterName: string;
  /** 1, 2, 3, ... */
  readonly release: number;
  /** Milliseconds since 1970. */
  readonly releasedAt: number;
  /** Whether Docker and the ECS agent are installed and enabled. */
  readonly ecsOptimized: boolean;
}

const day = 24 * 60 * 60 * 1000;
/** Amazon releases ECS-optimized images about every two weeks; the emulator does so exactly. */
const releaseInterval = 14 * day;
const releasesBeforeStart = 3;
const releaseCountMax = 60;

const lines = [
  {
    parameterName: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    title: 'al2023-ami-ecs-hvm-2023.0',
    suffix: 'kernel-6.1-x86_64',
    architecture: 'x86_64',
    ownerId: '591542846629',
    ecsOptimized: true,
  },
  {
    parameterName: '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
    title: 'al2023-ami-ecs-hvm-2023.0',
    suffix: 'kernel-6.1-arm64',
    architecture: 'arm64',
    ownerId: '591542846629',
    ecsOptimized: true,
  },
  {
    parameterName: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    title: 'al2023-ami-2023.6',
    suffix: 'kernel-6.1-x86_64',
    architecture: 'x86_64',
    ownerId: '137112412989',
    ecsOptimized: false,
  },
  {
    parameterName: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
    title: 'al2023-ami-2023.6',
    suffix: 'kernel-6.1-arm64',
    architecture: 'arm64',
    ownerId: '137112412989',
    ecsOptimized: false,
  },
] as const;

const catalogues = new WeakMap<World, Map<string, readonly AmazonImage[]>>();

/** All images that Amazon has released or will release in a Region, oldest first within each line. */
export function amazonImages(world: World, region: string): readonly AmazonImage[] {
  let byRegion = catalogues.get(world);
  if (!byRegion) {
    byRegion = new Map();
    catalogues.set(world, byRegion);
  }
  let images = byRegion.get(region);
  if (!images) {
    const firstRelease =
      Date.parse(world.settings.startsAt) - releasesBeforeStart * releaseInterval + 5 * day;
    images = lines.flatMap((line) =>
      Array.from({ length: releaseCountMax }, (_, index) => {
        const releasedAt = firstRelease + index * releaseInterval;
        const stamp = new Date(releasedAt).toISOString().slice(0, 10).replaceAll('-', '');
        const id = createHash('sha256')
          .update(`${world.settings.seed}\n${region}\n${line.parameterName}\n${index}`)
          .digest('hex');
        return {
          imageId: `ami-0${id.slice(0, 16)}`,
          snapshotId: `snap-0${id.slice(16, 32)}`,
          name: `${line.title}.${stamp}-${line.suffix}${line.ecsOptimized ? '-ebs' : ''}`,
          description: `Amazon Linux 2023 ${line.ecsOptimized ? 'for ECS ' : ''}${stamp}`,
          architecture: line.architecture,
          ownerId: line.ownerId,
          parameterName: line.parameterName,
          release: index + 1,
          releasedAt,
          ecsOptimized: line.ecsOptimized,
        };
      }),
    );
    byRegion.set(region, images);
  }
  return images;
}
