import type * as client from '@aws-sdk/client-iam';
import { operation } from '../../world/service.ts';
import { encodeDocument } from './documents.ts';
import {
  attachPolicy,
  attachedPolicies,
  deleteInlinePolicy,
  detachPolicy,
  inlinePolicyNames,
  putInlinePolicy,
  requireInlinePolicy,
} from './identity-policy-changes.ts';
import { pageFields, requireOwnRole, requireRole, roleCheck } from './lookups.ts';

const putRolePolicy = operation<
  client.PutRolePolicyCommandInput,
  Partial<client.PutRolePolicyCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'PutRolePolicy', input.RoleName),
  run(input, call) {
    putInlinePolicy(call, requireOwnRole(call, input.RoleName), input);
    return {};
  },
});

const getRolePolicy = operation<
  client.GetRolePolicyCommandInput,
  Partial<client.GetRolePolicyCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'GetRolePolicy', input.RoleName),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    const policy = requireInlinePolicy(role, input.PolicyName);
    return {
      RoleName: role.name,
      PolicyName: policy.name,
      PolicyDocument: encodeDocument(policy.document),
    };
  },
});

const deleteRolePolicy = operation<
  client.DeleteRolePolicyCommandInput,
  Partial<client.DeleteRolePolicyCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'DeleteRolePolicy', input.RoleName),
  run(input, call) {
    deleteInlinePolicy(call, requireOwnRole(call, input.RoleName), input.PolicyName);
    return {};
  },
});

const listRolePolicies = operation<
  client.ListRolePoliciesCommandInput,
  Partial<client.ListRolePoliciesCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'ListRolePolicies', input.RoleName),
  run(input, call) {
    const names = inlinePolicyNames(call, requireRole(call, input.RoleName), input);
    return { PolicyNames: [...names.items], ...pageFields(names) };
  },
});

const attachRolePolicy = operation<
  client.AttachRolePolicyCommandInput,
  Partial<client.AttachRolePolicyCommandOutput>
>({
  authorize: (input, call) =>
    roleCheck(call, 'AttachRolePolicy', input.RoleName, { 'iam:PolicyARN': input.PolicyArn }),
  run(input, call) {
    attachPolicy(call, requireOwnRole(call, input.RoleName), input.PolicyArn);
    return {};
  },
});

const detachRolePolicy = operation<
  client.DetachRolePolicyCommandInput,
  Partial<client.DetachRolePolicyCommandOutput>
>({
  authorize: (input, call) =>
    roleCheck(call, 'DetachRolePolicy', input.RoleName, { 'iam:PolicyARN': input.PolicyArn }),
  run(input, call) {
    detachPolicy(call, requireOwnRole(call, input.RoleName), input.PolicyArn);
    return {};
  },
});

const listAttachedRolePolicies = operation<
  client.ListAttachedRolePoliciesCommandInput,
  Partial<client.ListAttachedRolePoliciesCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'ListAttachedRolePolicies', input.RoleName),
  run(input, call) {
    const policies = attachedPolicies(call, requireRole(call, input.RoleName), input);
    return { AttachedPolicies: [...policies.items], ...pageFields(policies) };
  },
});

export const rolePolicyOperations = {
  AttachRolePolicy: attachRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListRolePolicies: listRolePolicies,
  PutRolePolicy: putRolePolicy,
};
