import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { Deployment, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import {
  documentProperty,
  integerProperty,
  readProperties,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { unlessGone } from './unless-gone.ts';

const roleNameLengthMax = 64; // IAM quotas, role name

const schema = v.strictObject({
  AssumeRolePolicyDocument: documentProperty,
  Description: v.optional(textProperty),
  ManagedPolicyArns: v.optional(v.array(textProperty), []),
  MaxSessionDuration: v.optional(integerProperty),
  Path: v.optional(textProperty),
  Policies: v.optional(
    v.array(v.strictObject({ PolicyName: textProperty, PolicyDocument: documentProperty })),
    [],
  ),
  RoleName: v.optional(textProperty),
  Tags: v.optional(tagsProperty, []),
});
type RoleProperties = v.InferOutput<typeof schema>;

/** The type takes the stack's own tags, but none of CloudFormation's: `cloudFormationSystemTags` is false. */
const tagsOf = (deployment: Deployment, own: RoleProperties['Tags']): Map<string, string> =>
  new Map(
    Object.entries({
      ...deployment.stackTags,
      ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])),
    }),
  );

const asTags = (tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }));

async function provisioned(deployment: Deployment, name: string): Promise<Provisioned> {
  const { Role } = await deployment.call(new GetRoleCommand({ RoleName: name }));
  return {
    physicalId: name,
    attributes: { Arn: Role?.Arn ?? '', RoleId: Role?.RoleId ?? '' },
  };
}

/** Makes the policies of a role those of the template; policies that the template never had stay. */
async function changePolicies(
  deployment: Deployment,
  name: string,
  change: { readonly from: RoleProperties | undefined; readonly to: RoleProperties },
): Promise<void> {
  const { from, to } = change;
  for (const { PolicyName, PolicyDocument } of to.Policies)
    await deployment.call(new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument }));
  for (const PolicyArn of to.ManagedPolicyArns)
    if (from?.ManagedPolicyArns.includes(PolicyArn) !== true)
      await deployment.call(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
  if (from) {
    const kept = new Set(to.Policies.map(({ PolicyName }) => PolicyName));
    await removePolicies(deployment, name, {
      inline: from.Policies.map(({ PolicyName }) => PolicyName).filter((item) => !kept.has(item)),
      attached: from.ManagedPolicyArns.filter((arn) => !to.ManagedPolicyArns.includes(arn)),
    });
  }
}

async function removePolicies(
  deployment: Deployment,
  name: string,
  policies: { readonly inline: readonly string[]; readonly attached: readonly string[] },
): Promise<void> {
  for (const PolicyName of policies.inline)
    await unlessGone(deployment.call(new DeleteRolePolicyCommand({ RoleName: name, PolicyName })));
  for (const PolicyArn of policies.attached)
    await unlessGone(deployment.call(new DetachRolePolicyCommand({ RoleName: name, PolicyArn })));
}

async function changeTags(
  deployment: Deployment,
  name: string,
  change: { readonly from: ReadonlyMap<string, string>; readonly to: ReadonlyMap<string, string> },
): Promise<void> {
  const gone = [...change.from.keys()].filter((key) => !change.to.has(key));
  const added = new Map([...change.to].filter(([key, value]) => change.from.get(key) !== value));
  if (gone.length > 0)
    await deployment.call(new UntagRoleCommand({ RoleName: name, TagKeys: gone }));
  if (added.size > 0)
    await deployment.call(new TagRoleCommand({ RoleName: name, Tags: asTags(added) }));
}

async function removeRole(
  deployment: Deployment,
  name: string,
  properties: RoleProperties,
): Promise<void> {
  await removePolicies(deployment, name, {
    inline: properties.Policies.map(({ PolicyName }) => PolicyName),
    attached: properties.ManagedPolicyArns,
  });
  await unlessGone(deployment.call(new DeleteRoleCommand({ RoleName: name })));
}

export const roleResource: ResourceProvider = {
  type: 'AWS::IAM::Role',
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'Policies',
    'RoleName',
    'Tags',
  ],
  required: ['AssumeRolePolicyDocument'],
  createOnly: ['Path', 'RoleName'],
  createSeconds: 17,
  async create(given, deployment) {
    const properties = readProperties(schema, given);
    const name = properties.RoleName ?? deployment.generateName({ lengthMax: roleNameLengthMax });
    await deployment.call(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
        Description: properties.Description,
        MaxSessionDuration: properties.MaxSessionDuration,
        Path: properties.Path,
        Tags: asTags(tagsOf(deployment, properties.Tags)),
      }),
    );
    try {
      await changePolicies(deployment, name, { from: undefined, to: properties });
    } catch (error) {
      // The stack never learns of a role without its policies, so nobody else would take it away.
      await removeRole(deployment, name, properties);
      throw error;
    }
    return provisioned(deployment, name);
  },
  async update(given, deployment, { physicalId: name, previous }) {
    const from = readProperties(schema, previous);
    const to = readProperties(schema, given);
    if (from.AssumeRolePolicyDocument !== to.AssumeRolePolicyDocument)
      await deployment.call(
        new UpdateAssumeRolePolicyCommand({
          RoleName: name,
          PolicyDocument: to.AssumeRolePolicyDocument,
        }),
      );
    if (from.Description !== to.Description || from.MaxSessionDuration !== to.MaxSessionDuration)
      await deployment.call(
        new UpdateRoleCommand({
          RoleName: name,
          Description: to.Description ?? '',
          MaxSessionDuration: to.MaxSessionDuration ?? 3600,
        }),
      );
    await changePolicies(deployment, name, { from, to });
    await changeTags(deployment, name, {
      from: tagsOf(deployment, from.Tags),
      to: tagsOf(deployment, to.Tags),
    });
    return provisioned(deployment, name);
  },
  async delete(name, deployment, { properties }) {
    await removeRole(deployment, name, readProperties(schema, properties));
  },
};
