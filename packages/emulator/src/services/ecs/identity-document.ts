import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Scope } from '../../world/scope.ts';
import type { Instance } from '../ec2/state.ts';

const schema = v.object({ accountId: v.string(), instanceId: v.string(), region: v.string() });

/** Source: EC2 User Guide, "Instance identity documents". */
export const identityDocument = (scope: Scope, instance: Instance): string =>
  JSON.stringify({
    accountId: scope.account,
    architecture: instance.architecture,
    availabilityZone: instance.availabilityZone,
    imageId: instance.imageId,
    instanceId: instance.id,
    instanceType: instance.instanceType,
    pendingTime: instance.launchedAt.toISOString(),
    privateIp: instance.privateIpAddress,
    region: scope.region,
    version: '2017-09-30',
  });

/** Stands for AWS's signature: only the instance itself can have it. */
export const signatureOf = (scope: Scope, document: string): string =>
  createHash('sha256').update(`${scope.world.settings.seed}\n${document}`).digest('base64');

/** @returns undefined for a document that AWS has not signed for this account and Region */
export function readIdentityDocument(
  scope: Scope,
  document: string | undefined,
  signature: string | undefined,
): { readonly instanceId: string } | undefined {
  if (document === undefined || signature !== signatureOf(scope, document)) return undefined;
  const read = v.safeParse(schema, JSON.parse(document));
  return read.success &&
    read.output.accountId === scope.account &&
    read.output.region === scope.region
    ? { instanceId: read.output.instanceId }
    : undefined;
}
