import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import {
  awsManagedPolicies,
  awsManagedPolicy,
  type AwsManagedPolicy,
} from './aws-managed-policies.ts';
import { readManagedPolicy } from './documents.ts';
import { iamArn, page, pageFields } from './lookups.ts';
import { missingPolicy } from './identity-policy-changes.ts';
import { iamState, type ManagedPolicy, type Role, type User } from './state.ts';
import { checkedTags, describeTags, requestTagContext, tagContext } from './tags.ts';

const policiesMax = 1_500; // IAM quotas, customer managed policies in an account, default

/** AWS gives its own policies dates of their own; this emulator does not keep them. */
const awsPolicyDate = new Date('2026-01-01T00:00:00Z');

/** @throws AwsError NoSuchEntity */
export function requirePolicy(scope: Scope, arn: string | undefined): ManagedPolicy {
  const policy = iamState.in(scope).policies.get(arn ?? '');
  if (policy) return policy;
  if (awsManagedPolicy(arn ?? ''))
    throw new AwsError('AccessDenied', `Policy ${arn ?? ''} belongs to AWS.`, { status: 403 });
  throw missingPolicy(arn ?? '');
}

export const policyCheck = (call: Call, action: string, arn: string | undefined): AccessCheck => ({
  action: `iam:${action}`,
  resource: arn ?? '',
  context: tagContext(iamState.in(call).policies.get(arn ?? '')?.tags ?? new Map()),
  // AWS's own policies have no account in their ARN; reading them is a matter of the caller's account.
  resourceAccount: call.account,
});

export function holdersOf(scope: Scope, arn: string): (User | Role)[] {
  const { users, roles } = iamState.in(scope);
  return [...users.values(), ...roles.values()].filter(({ attached }) => attached.has(arn));
}

const describePolicy = (scope: Scope, policy: ManagedPolicy): client.Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: holdersOf(scope, policy.arn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: policy.createdAt,
  UpdateDate: policy.updatedAt,
});

const describeAwsPolicy = (scope: Scope, policy: AwsManagedPolicy): client.Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: 'v1',
  AttachmentCount: holdersOf(scope, policy.arn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: policy.path !== '/aws-service-role/',
  CreateDate: awsPolicyDate,
  UpdateDate: awsPolicyDate,
});

const createPolicy = operation<
  client.CreatePolicyCommandInput,
  Partial<client.CreatePolicyCommandOutput>
>({
  authorize(input, call) {
    const resource = iamArn(call, `policy${input.Path ?? '/'}${input.PolicyName ?? ''}`);
    const context = requestTagContext(input.Tags);
    const create = { action: 'iam:CreatePolicy', resource, context };
    return (input.Tags ?? []).length === 0
      ? create
      : [create, { action: 'iam:TagPolicy', resource, context }];
  },
  run(input, call) {
    const name = input.PolicyName ?? '';
    const path = input.Path ?? '/';
    const { policies } = iamState.in(call);
    if ([...policies.values()].some((known) => known.name.toLowerCase() === name.toLowerCase()))
      throw new AwsError('EntityAlreadyExists', `A policy called ${name} already exists.`);
    if (policies.size >= policiesMax)
      throw new AwsError(
        'LimitExceeded',
        `Cannot exceed quota for PoliciesPerAccount: ${policiesMax}`,
      );
    const policy: ManagedPolicy = {
      id: `ANPA${call.code('policy-id', 17)}`,
      arn: iamArn(call, `policy${path}${name}`),
      path,
      name,
      description: input.Description,
      createdAt: call.date,
      updatedAt: call.date,
      versions: new Map([
        [
          'v1',
          {
            id: 'v1',
            createdAt: call.date,
            policy: readManagedPolicy(name, input.PolicyDocument ?? ''),
          },
        ],
      ]),
      defaultVersionId: 'v1',
      versionCount: 1,
      tags: checkedTags(input.Tags),
    };
    policies.set(policy.arn, policy);
    return { Policy: { ...describePolicy(call, policy), Tags: describeTags(policy.tags) } };
  },
});

const getPolicy = operation<client.GetPolicyCommandInput, Partial<client.GetPolicyCommandOutput>>({
  authorize: (input, call) => policyCheck(call, 'GetPolicy', input.PolicyArn),
  run(input, call) {
    const aws = awsManagedPolicy(input.PolicyArn ?? '');
    if (aws) return { Policy: { ...describeAwsPolicy(call, aws), Tags: [] } };
    const policy = requirePolicy(call, input.PolicyArn);
    return {
      Policy: {
        ...describePolicy(call, policy),
        Description: policy.description,
        Tags: describeTags(policy.tags),
      },
    };
  },
});

const deletePolicy = operation<
  client.DeletePolicyCommandInput,
  Partial<client.DeletePolicyCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'DeletePolicy', input.PolicyArn),
  run(input, call) {
    const policy = requirePolicy(call, input.PolicyArn);
    if (holdersOf(call, policy.arn).length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.');
    if (policy.versions.size > 1)
      throw new AwsError(
        'DeleteConflict',
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    iamState.in(call).policies.delete(policy.arn);
    return {};
  },
});

const listPolicies = operation<
  client.ListPoliciesCommandInput,
  Partial<client.ListPoliciesCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'iam:ListPolicies',
    resource: iamArn(call, `policy${input.PathPrefix ?? '/'}`),
  }),
  run(input, call) {
    refuseUnmodelled(input, ['PolicyUsageFilter'], 'InvalidInput');
    const scope = input.Scope ?? 'All';
    const own = [...iamState.in(call).policies.values()].map((item) => describePolicy(call, item));
    const aws = [...awsManagedPolicies.values()].map((item) => describeAwsPolicy(call, item));
    const matching = [...(scope === 'AWS' ? [] : own), ...(scope === 'Local' ? [] : aws)].filter(
      ({ Path, AttachmentCount }) =>
        Path?.startsWith(input.PathPrefix ?? '/') === true &&
        (input.OnlyAttached !== true || AttachmentCount !== 0),
    );
    const policies = page(call, matching, input, ({ Arn }) => Arn ?? '');
    return { Policies: [...policies.items], ...pageFields(policies) };
  },
});

const listEntitiesForPolicy = operation<
  client.ListEntitiesForPolicyCommandInput,
  Partial<client.ListEntitiesForPolicyCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'ListEntitiesForPolicy', input.PolicyArn),
  run(input, call) {
    refuseUnmodelled(input, ['EntityFilter', 'PathPrefix', 'PolicyUsageFilter'], 'InvalidInput');
    const arn = input.PolicyArn ?? '';
    if (!awsManagedPolicy(arn)) requirePolicy(call, arn);
    const holders = page(call, holdersOf(call, arn), input, (item) => item.arn);
    return {
      PolicyGroups: [],
      PolicyUsers: holders.items.flatMap((item) =>
        item.kind === 'user' ? [{ UserName: item.name, UserId: item.id }] : [],
      ),
      PolicyRoles: holders.items.flatMap((item) =>
        item.kind === 'role' ? [{ RoleName: item.name, RoleId: item.id }] : [],
      ),
      ...pageFields(holders),
    };
  },
});

export const managedPolicyOperations = {
  CreatePolicy: createPolicy,
  DeletePolicy: deletePolicy,
  GetPolicy: getPolicy,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListPolicies: listPolicies,
};
