import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import * as v from 'valibot';
import type { Deployment, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import {
  booleanProperty,
  documentProperty,
  integerProperty,
  readProperties,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { isAwsError } from '../../world/aws-error.ts';

const keySchema = v.strictObject({
  BypassPolicyLockoutSafetyCheck: v.optional(booleanProperty),
  Description: v.optional(textProperty),
  Enabled: v.optional(booleanProperty, true),
  EnableKeyRotation: v.optional(booleanProperty, false),
  KeyPolicy: v.optional(documentProperty),
  KeySpec: v.optional(v.literal('SYMMETRIC_DEFAULT')),
  KeyUsage: v.optional(v.literal('ENCRYPT_DECRYPT')),
  MultiRegion: v.optional(booleanProperty),
  PendingWindowInDays: v.optional(integerProperty),
  RotationPeriodInDays: v.optional(integerProperty),
  Tags: v.optional(tagsProperty, []),
});
type KeyProperties = v.InferOutput<typeof keySchema>;

/** The type takes the stack's own tags, but none of CloudFormation's: `cloudFormationSystemTags` is false. */
const tagsOf = (deployment: Deployment, own: KeyProperties['Tags']): Map<string, string> =>
  new Map([
    ...Object.entries(deployment.stackTags),
    ...own.map(({ Key, Value }): [string, string] => [Key, Value]),
  ]);

const asTags = (tags: ReadonlyMap<string, string>): { TagKey: string; TagValue: string }[] =>
  [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function provisioned(deployment: Deployment, id: string): Promise<Provisioned> {
  const { KeyMetadata } = await deployment.call(new DescribeKeyCommand({ KeyId: id }));
  return { physicalId: id, attributes: { Arn: KeyMetadata?.Arn ?? '', KeyId: id } };
}

async function setRotation(
  deployment: Deployment,
  id: string,
  properties: KeyProperties,
): Promise<void> {
  await deployment.call(
    properties.EnableKeyRotation
      ? new EnableKeyRotationCommand({
          KeyId: id,
          RotationPeriodInDays: properties.RotationPeriodInDays,
        })
      : new DisableKeyRotationCommand({ KeyId: id }),
  );
}

async function setEnabled(deployment: Deployment, id: string, enabled: boolean): Promise<void> {
  await deployment.call(
    enabled ? new EnableKeyCommand({ KeyId: id }) : new DisableKeyCommand({ KeyId: id }),
  );
}

async function changeTags(
  deployment: Deployment,
  id: string,
  { from, to }: { from: ReadonlyMap<string, string>; to: ReadonlyMap<string, string> },
): Promise<void> {
  const gone = [...from.keys()].filter((key) => !to.has(key));
  const added = new Map([...to].filter(([key, value]) => from.get(key) !== value));
  if (gone.length > 0)
    await deployment.call(new UntagResourceCommand({ KeyId: id, TagKeys: gone }));
  if (added.size > 0)
    await deployment.call(new TagResourceCommand({ KeyId: id, Tags: asTags(added) }));
}

/** Nobody can delete a key at once; CloudFormation schedules it and goes on. */
async function scheduleDeletion(
  deployment: Deployment,
  id: string,
  properties: KeyProperties,
): Promise<void> {
  try {
    await deployment.call(
      new ScheduleKeyDeletionCommand({
        KeyId: id,
        PendingWindowInDays: properties.PendingWindowInDays,
      }),
    );
  } catch (error) {
    const isGone =
      isAwsError(error, 'NotFoundException') || isAwsError(error, 'KMSInvalidStateException');
    if (!isGone) throw error;
  }
}

/** Another kind of key would be another key: AWS fails the update instead of replacing it. */
function refuseNewKind(from: KeyProperties, to: KeyProperties): void {
  if ((from.MultiRegion ?? false) !== (to.MultiRegion ?? false))
    throw new PropertyError('MultiRegion', 'the update of a key cannot change it');
}

const keyResource: ResourceProvider = {
  type: 'AWS::KMS::Key',
  properties: Object.keys(keySchema.entries),
  required: [],
  createOnly: [],
  // CloudFormation waits until policy and key have spread.
  createSeconds: 120,
  async create(given, deployment) {
    const properties = readProperties(keySchema, given);
    const { KeyMetadata } = await deployment.call(
      new CreateKeyCommand({
        Policy: properties.KeyPolicy,
        Description: properties.Description,
        KeySpec: properties.KeySpec,
        KeyUsage: properties.KeyUsage,
        MultiRegion: properties.MultiRegion,
        BypassPolicyLockoutSafetyCheck: properties.BypassPolicyLockoutSafetyCheck,
        Tags: asTags(tagsOf(deployment, properties.Tags)),
      }),
    );
    const id = KeyMetadata?.KeyId ?? '';
    try {
      if (properties.EnableKeyRotation) await setRotation(deployment, id, properties);
      if (!properties.Enabled) await setEnabled(deployment, id, false);
    } catch (error) {
      await scheduleDeletion(deployment, id, properties);
      throw error;
    }
    return provisioned(deployment, id);
  },
  async update(given, deployment, { physicalId: id, previous }) {
    const from = readProperties(keySchema, previous);
    const to = readProperties(keySchema, given);
    refuseNewKind(from, to);
    if (to.Enabled && !from.Enabled) await setEnabled(deployment, id, true);
    if (to.KeyPolicy !== from.KeyPolicy && to.KeyPolicy !== undefined)
      await deployment.call(
        new PutKeyPolicyCommand({
          KeyId: id,
          Policy: to.KeyPolicy,
          BypassPolicyLockoutSafetyCheck: to.BypassPolicyLockoutSafetyCheck,
        }),
      );
    if (to.Description !== from.Description)
      await deployment.call(
        new UpdateKeyDescriptionCommand({ KeyId: id, Description: to.Description ?? '' }),
      );
    if (
      to.EnableKeyRotation !== from.EnableKeyRotation ||
      to.RotationPeriodInDays !== from.RotationPeriodInDays
    )
      await setRotation(deployment, id, to);
    await changeTags(deployment, id, {
      from: tagsOf(deployment, from.Tags),
      to: tagsOf(deployment, to.Tags),
    });
    if (!to.Enabled && from.Enabled) await setEnabled(deployment, id, false);
    return provisioned(deployment, id);
  },
  async delete(id, deployment, { properties }) {
    await scheduleDeletion(deployment, id, readProperties(keySchema, properties));
  },
};

const aliasSchema = v.strictObject({ AliasName: textProperty, TargetKeyId: textProperty });

const aliasResource: ResourceProvider = {
  type: 'AWS::KMS::Alias',
  properties: ['AliasName', 'TargetKeyId'],
  required: ['AliasName', 'TargetKeyId'],
  createOnly: ['AliasName'],
  async create(given, deployment) {
    const properties = readProperties(aliasSchema, given);
    await deployment.call(new CreateAliasCommand(properties));
    return { physicalId: properties.AliasName, attributes: {} };
  },
  async update(given, deployment, { physicalId }) {
    await deployment.call(new UpdateAliasCommand(readProperties(aliasSchema, given)));
    return { physicalId, attributes: {} };
  },
  async delete(name, deployment) {
    try {
      await deployment.call(new DeleteAliasCommand({ AliasName: name }));
    } catch (error) {
      if (!isAwsError(error, 'NotFoundException')) throw error;
    }
  },
};

/** How CloudFormation makes KMS's resource types. */
export const kmsResources: readonly ResourceProvider[] = [aliasResource, keyResource];
