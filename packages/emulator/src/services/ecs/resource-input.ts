import * as client from '@aws-sdk/client-ecs';
import type { Deployment, Properties } from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { isAwsError } from '../../world/aws-error.ts';

const model = readServiceModel(client);

/** The input of an operation from some of the properties of a resource, and what is not a property. */
export const inputOf = (
  operation: string,
  properties: Properties,
  names: readonly string[],
  others: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => {
  const given = Object.entries(properties).filter(
    ([name, value]) => names.includes(name) && value !== undefined && !isGiven(others, name),
  );
  return toServiceInput(model, operation, { ...Object.fromEntries(given), ...others });
};

const isGiven = (others: Readonly<Record<string, unknown>>, name: string): boolean =>
  name.charAt(0).toLowerCase() + name.slice(1) in others;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const tagListOf = (deployment: Deployment, own: unknown): client.Tag[] =>
  Object.entries(deployment.tags(own)).map(([key, value]) => ({ key, value }));

/** Brings the tags of a resource to what its properties and its stack want. */
export async function changeTags(
  deployment: Deployment,
  resourceArn: string,
  { properties, previous }: { readonly properties: Properties; readonly previous: Properties },
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const before = deployment.previousTags(previous['Tags']);
  const tagKeys = Object.keys(before).filter((key) => !(key in wanted));
  if (tagKeys.length > 0)
    await deployment.call(new client.UntagResourceCommand({ resourceArn, tagKeys }));
  const tags = Object.entries(wanted)
    .filter(([key, value]) => before[key] !== value)
    .map(([key, value]) => ({ key, value }));
  if (tags.length > 0) await deployment.call(new client.TagResourceCommand({ resourceArn, tags }));
}

const goneCodes = [
  'ClusterNotFoundException',
  'ServiceNotActiveException',
  'ServiceNotFoundException',
];

/** Does something to a resource that may be gone already. */
export async function unlessGone(
  work: Promise<unknown>,
  codes: readonly string[] = goneCodes,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error) || !codes.includes(error.code)) throw error;
  }
}
