import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-imagebuilder';
import type { Deployment, Properties } from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { isRecord } from '../../wire/scalars.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { imageBuilderModel } from './model.ts';

// Source: CloudFormation Template Reference, AWS::ImageBuilder: properties, update behaviour, return values.

/** Tags are a map in these types, not a list. */
function tagsOf(properties: Properties, deployment: Deployment): Record<string, string> {
  const own = isRecord(properties['Tags']) ? properties['Tags'] : {};
  return deployment.tags(Object.entries(own).map(([Key, Value]) => ({ Key, Value })));
}

/**
 * What an operation takes: the properties under the API's names, with a token of this deployment. The operation's
 * model has checked it, which the type cannot say.
 */
const inputOf = (
  operation: string,
  properties: Properties,
  deployment: Deployment,
  more: object = {},
): never =>
  ({
    ...toServiceInput(imageBuilderModel, operation, properties),
    ...more,
    clientToken: deployment.uuid('client-token'),
  }) as never;

export const createInput = (
  operation: string,
  properties: Properties,
  deployment: Deployment,
): never =>
  inputOf(operation, without(properties, 'Tags'), deployment, {
    tags: tagsOf(properties, deployment),
  });

export const updateInput = (
  operation: string,
  properties: Properties,
  deployment: Deployment,
  more: object,
): never => inputOf(operation, without(properties, 'Name', 'Tags'), deployment, more);

/** Tags are no part of update operations; they are set and removed beside them. */
export async function updateTags(
  arn: string,
  properties: Properties,
  previous: Properties,
  deployment: Deployment,
): Promise<void> {
  const tags = tagsOf(properties, deployment);
  const gone = Object.keys(tagsOf(previous, deployment)).filter((key) => !(key in tags));
  await deployment.call(new TagResourceCommand({ resourceArn: arn, tags }));
  if (gone.length > 0)
    await deployment.call(new UntagResourceCommand({ resourceArn: arn, tagKeys: gone }));
}

/** Deleting what is gone already is a success. */
export async function ignoringAbsence(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
  }
}

export const renamed = (
  properties: Properties,
  names: Readonly<Record<string, string>>,
): Properties =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [names[key] ?? key, value]));

const without = (properties: Properties, ...keys: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));

/** The text of a property; types and presence are the operations' business. */
export const text = (properties: Properties, key: string): string => {
  const value = properties[key];
  return typeof value === 'string' ? value : '';
};
