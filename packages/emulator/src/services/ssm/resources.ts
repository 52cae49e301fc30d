import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  type ParameterType,
  type Tag,
} from '@aws-sdk/client-ssm';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { isRecord } from '../../wire/scalars.ts';
import { isAwsError } from '../../world/aws-error.ts';

/** Source: CloudFormation resource type AWS::SSM::Parameter; AllowedPattern, Policies and Tier are not modelled. */
const parameter: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  properties: ['DataType', 'Description', 'Name', 'Tags', 'Type', 'Value'],
  required: ['Type', 'Value'],
  createOnly: ['Name'],
  attributes: ['Type', 'Value'],

  async create(properties, deployment) {
    const name = textOf(properties, 'Name') ?? generatedName(deployment);
    const tags = Object.entries(deployment.tags(tagListOf(properties)));
    await deployment.call(
      new PutParameterCommand({ ...inputOf(name, properties), Tags: toTags(tags) }),
    );
    return provisioned(name, properties);
  },

  async update(properties, deployment, { physicalId, previous }) {
    await deployment.call(
      new PutParameterCommand({ ...inputOf(physicalId, properties), Overwrite: true }),
    );
    const before = deployment.previousTags(tagListOf(previous));
    const after = deployment.tags(tagListOf(properties));
    const resource = { ResourceType: 'Parameter', ResourceId: physicalId } as const;
    const gone = Object.keys(before).filter((key) => !(key in after));
    const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
    if (gone.length > 0)
      await deployment.call(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: gone }));
    if (changed.length > 0)
      await deployment.call(new AddTagsToResourceCommand({ ...resource, Tags: toTags(changed) }));
    return provisioned(physicalId, properties);
  },

  async delete(physicalId, deployment) {
    try {
      await deployment.call(new DeleteParameterCommand({ Name: physicalId }));
    } catch (error) {
      if (!isAwsError(error, 'ParameterNotFound')) throw error;
    }
  },
};

const generatedName = (deployment: Deployment): string =>
  `CFN-${deployment.logicalId}-${deployment.code('physical-name', 12)}`;

function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new PropertyError(name, 'expected type: String');
}

function inputOf(
  name: string,
  properties: Properties,
): { Name: string; Value: string | undefined; Type: ParameterType } {
  const type = textOf(properties, 'Type');
  // CloudFormation makes no SecureString.
  if (type !== 'String' && type !== 'StringList')
    throw new PropertyError('Type', `${String(type)} is not a valid enum value`);
  const description = textOf(properties, 'Description');
  const dataType = textOf(properties, 'DataType');
  return {
    Name: name,
    Value: textOf(properties, 'Value'),
    Type: type,
    ...(description === undefined ? {} : { Description: description }),
    ...(dataType === undefined ? {} : { DataType: dataType }),
  };
}

/** Unlike most types this one has its tags as an object. */
function tagListOf(properties: Properties): Tag[] {
  const own = properties['Tags'] ?? {};
  if (!isRecord(own)) throw new PropertyError('Tags', 'expected type: JSONObject');
  return Object.entries(own).map(([Key, Value]) => ({ Key, Value: String(Value) }));
}

const toTags = (entries: readonly [string, string][]): Tag[] =>
  entries.map(([Key, Value]) => ({ Key, Value }));

const provisioned = (name: string, properties: Properties): Provisioned => ({
  physicalId: name,
  attributes: {
    Type: textOf(properties, 'Type') ?? '',
    Value: textOf(properties, 'Value') ?? '',
  },
});

export const ssmResources: readonly ResourceProvider[] = [parameter];
