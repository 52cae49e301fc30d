import type * as client from '@aws-sdk/client-imagebuilder';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { BuildCancelled } from './build-failure.ts';
import { buildRole } from './service-role.ts';
import type { StoredImage } from './state.ts';

/** One running build: its image, where it works, and what has to be cleaned up after it. */
export interface Build {
  readonly scope: Scope;
  readonly image: StoredImage;
  /** Ids of the instances that it started and that still run. */
  readonly instances: Set<string>;
}

/** Read at each use: a role may change or go while a build runs. */
export const roleOf = (build: Build): AssumedRolePrincipal => buildRole(build.scope, build.image);

/** How soon a build notices that it was cancelled. */
const cancelNoticeMs = 60_000;

/**
 * Lets virtual time pass.
 *
 * @throws BuildCancelled when the build was cancelled meanwhile, soon after that
 */
export async function pause(build: Build, delayMs: number): Promise<void> {
  const end = build.scope.now + delayMs;
  do {
    await build.scope.world.scheduler.sleep(Math.min(cancelNoticeMs, end - build.scope.now));
    if (build.image.cancelRequested) throw new BuildCancelled('the build was cancelled');
  } while (build.scope.now < end);
}

/** A pause of a length that follows from the seed. */
export const pauseBetween = (
  build: Build,
  kind: string,
  range: readonly [minMs: number, maxMs: number],
): Promise<void> => pause(build, build.scope.between(kind, range[0], range[1]));

/** The states that events announce. Source: IB User Guide, "EventBridge integration in Image Builder". */
const announced: readonly client.ImageStatus[] = [
  'BUILDING',
  'TESTING',
  'DISTRIBUTING',
  'INTEGRATING',
  'AVAILABLE',
  'CANCELLED',
  'FAILED',
];

/** Brings the image into its next state and says so. */
export function moveTo(build: Build, status: client.ImageStatus): void {
  const { scope, image } = build;
  const previous = image.status;
  image.status = status;
  scope.record('image-state', {
    arn: image.arn,
    previous,
    status,
    ...(image.reason === undefined ? {} : { reason: image.reason }),
    ...(image.failure === undefined ? {} : { failureContext: image.failure }),
  });
  if (!announced.includes(status)) return;
  publishServiceEvent(scope, {
    source: 'aws.imagebuilder',
    detailType: 'EC2 Image Builder Image State Change',
    resources: [image.arn],
    detail: { 'previous-state': { status: previous }, state: { status } },
  });
}
