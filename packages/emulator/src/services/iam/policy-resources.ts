import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { Deployment, ResourceProvider } from '../../cloudformation/provider.ts';
import {
  documentProperty,
  readProperties,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { unlessGone } from './unless-gone.ts';

const physicalIdLengthMax = 128;

const policySchema = v.strictObject({
  PolicyDocument: documentProperty,
  PolicyName: textProperty,
  Roles: v.optional(v.array(textProperty), []),
  Users: v.optional(v.array(textProperty), []),
});
type PolicyProperties = v.InferOutput<typeof policySchema>;

function readPolicy(given: Readonly<Record<string, unknown>>): PolicyProperties {
  const properties = readProperties(policySchema, given);
  if (properties.Roles.length + properties.Users.length === 0)
    throw new PropertyError('', 'At least one of [Groups,Roles,Users] must be non-empty.');
  return properties;
}

async function putPolicy(deployment: Deployment, properties: PolicyProperties): Promise<void> {
  const { PolicyName, PolicyDocument } = properties;
  for (const RoleName of properties.Roles)
    await deployment.call(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  for (const UserName of properties.Users)
    await deployment.call(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
}

/** Takes the policy away from everybody who is not to keep it. */
async function deletePolicy(
  deployment: Deployment,
  from: PolicyProperties,
  keep?: PolicyProperties,
): Promise<void> {
  const { PolicyName } = from;
  const kept = keep?.PolicyName === PolicyName ? keep : undefined;
  for (const RoleName of from.Roles)
    if (kept?.Roles.includes(RoleName) !== true)
      await unlessGone(deployment.call(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  for (const UserName of from.Users)
    if (kept?.Users.includes(UserName) !== true)
      await unlessGone(deployment.call(new DeleteUserPolicyCommand({ UserName, PolicyName })));
}

export const policyResource: ResourceProvider = {
  type: 'AWS::IAM::Policy',
  properties: ['PolicyDocument', 'PolicyName', 'Roles', 'Users'],
  required: ['PolicyDocument', 'PolicyName'],
  createOnly: [],
  createSeconds: 16,
  async create(given, deployment) {
    const properties = readPolicy(given);
    try {
      await putPolicy(deployment, properties);
    } catch (error) {
      await deletePolicy(deployment, properties);
      throw error;
    }
    const id = deployment.generateName({ lengthMax: physicalIdLengthMax });
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(given, deployment, { physicalId, previous }) {
    const to = readPolicy(given);
    await putPolicy(deployment, to);
    await deletePolicy(deployment, readPolicy(previous), to);
    return { physicalId, attributes: { Id: physicalId } };
  },
  async delete(_, deployment, { properties }) {
    await deletePolicy(deployment, readPolicy(properties));
  },
};

const rolePolicySchema = v.strictObject({
  PolicyDocument: v.optional(documentProperty),
  PolicyName: textProperty,
  RoleName: textProperty,
});

async function putRolePolicy(
  given: Readonly<Record<string, unknown>>,
  deployment: Deployment,
): Promise<{ physicalId: string; attributes: Record<string, string> }> {
  const { PolicyName, RoleName, PolicyDocument } = readProperties(rolePolicySchema, given);
  if (PolicyDocument === undefined)
    throw new PropertyError('PolicyDocument', 'a policy without document is not modelled');
  await deployment.call(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  return { physicalId: `${PolicyName}|${RoleName}`, attributes: {} };
}

export const rolePolicyResource: ResourceProvider = {
  type: 'AWS::IAM::RolePolicy',
  properties: ['PolicyDocument', 'PolicyName', 'RoleName'],
  required: ['PolicyName', 'RoleName'],
  createOnly: ['PolicyName', 'RoleName'],
  createSeconds: 16,
  create: putRolePolicy,
  update: putRolePolicy,
  async delete(_, deployment, { properties }) {
    const { PolicyName, RoleName } = readProperties(rolePolicySchema, properties);
    await unlessGone(deployment.call(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  },
};
