import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { Deployment, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import {
  documentProperty,
  readProperties,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { unlessGone } from './unless-gone.ts';

const policyNameLengthMax = 128; // IAM quotas, policy name
const versionsMax = 5; // IAM quotas, versions of a managed policy

const schema = v.strictObject({
  Description: v.optional(textProperty),
  ManagedPolicyName: v.optional(textProperty),
  Path: v.optional(textProperty),
  PolicyDocument: documentProperty,
  Roles: v.optional(v.array(textProperty), []),
  Users: v.optional(v.array(textProperty), []),
});
type Holders = Pick<v.InferOutput<typeof schema>, 'Roles' | 'Users'>;

const nobody: Holders = { Roles: [], Users: [] };

async function changeHolders(
  deployment: Deployment,
  PolicyArn: string,
  { from, to }: { readonly from: Holders; readonly to: Holders },
): Promise<void> {
  for (const RoleName of to.Roles)
    if (!from.Roles.includes(RoleName))
      await deployment.call(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  for (const UserName of to.Users)
    if (!from.Users.includes(UserName))
      await deployment.call(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  for (const RoleName of from.Roles)
    if (!to.Roles.includes(RoleName))
      await unlessGone(deployment.call(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
  for (const UserName of from.Users)
    if (!to.Users.includes(UserName))
      await unlessGone(deployment.call(new DetachUserPolicyCommand({ UserName, PolicyArn })));
}

/** The versions that are not the default, oldest first. */
async function otherVersions(deployment: Deployment, PolicyArn: string): Promise<string[]> {
  const found: string[] = [];
  let Marker: string | undefined;
  for (let pageNumber = 0; pageNumber < versionsMax; pageNumber++) {
    const answer = await deployment.call(new ListPolicyVersionsCommand({ PolicyArn, Marker }));
    for (const version of answer.Versions ?? [])
      if (version.IsDefaultVersion !== true) found.push(version.VersionId ?? '');
    Marker = answer.Marker;
    if (Marker === undefined) break;
  }
  return found.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

async function provisioned(deployment: Deployment, PolicyArn: string): Promise<Provisioned> {
  const { Policy } = await deployment.call(new GetPolicyCommand({ PolicyArn }));
  return {
    physicalId: PolicyArn,
    attributes: {
      PolicyArn,
      PolicyId: Policy?.PolicyId ?? '',
      DefaultVersionId: Policy?.DefaultVersionId ?? '',
      AttachmentCount: String(Policy?.AttachmentCount ?? 0),
      CreateDate: Policy?.CreateDate?.toISOString() ?? '',
      UpdateDate: Policy?.UpdateDate?.toISOString() ?? '',
      IsAttachable: String(Policy?.IsAttachable ?? true),
      PermissionsBoundaryUsageCount: String(Policy?.PermissionsBoundaryUsageCount ?? 0),
    },
  };
}

async function remove(deployment: Deployment, PolicyArn: string, holders: Holders): Promise<void> {
  await changeHolders(deployment, PolicyArn, { from: holders, to: nobody });
  await unlessGone(
    otherVersions(deployment, PolicyArn).then(async (versions) => {
      for (const VersionId of versions)
        await deployment.call(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
      await deployment.call(new DeletePolicyCommand({ PolicyArn }));
    }),
  );
}

export const managedPolicyResource: ResourceProvider = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
  required: ['PolicyDocument'],
  createOnly: ['Description', 'ManagedPolicyName', 'Path'],
  createSeconds: 17,
  async create(given, deployment) {
    const properties = readProperties(schema, given);
    const { Policy } = await deployment.call(
      new CreatePolicyCommand({
        PolicyName:
          properties.ManagedPolicyName ??
          deployment.generateName({ lengthMax: policyNameLengthMax }),
        PolicyDocument: properties.PolicyDocument,
        Path: properties.Path,
        Description: properties.Description,
      }),
    );
    const arn = Policy?.Arn ?? '';
    try {
      await changeHolders(deployment, arn, { from: nobody, to: properties });
    } catch (error) {
      await remove(deployment, arn, properties);
      throw error;
    }
    return provisioned(deployment, arn);
  },
  async update(given, deployment, { physicalId: PolicyArn, previous }) {
    const from = readProperties(schema, previous);
    const to = readProperties(schema, given);
    if (from.PolicyDocument !== to.PolicyDocument) {
      const others = await otherVersions(deployment, PolicyArn);
      const [VersionId] = others;
      // CloudFormation makes room by deleting the oldest version.
      if (VersionId !== undefined && others.length + 1 >= versionsMax)
        await deployment.call(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
      await deployment.call(
        new CreatePolicyVersionCommand({
          PolicyArn,
          PolicyDocument: to.PolicyDocument,
          SetAsDefault: true,
        }),
      );
    }
    await changeHolders(deployment, PolicyArn, { from, to });
    return provisioned(deployment, PolicyArn);
  },
  async delete(arn, deployment, { properties }) {
    await remove(deployment, arn, readProperties(schema, properties));
  },
};
