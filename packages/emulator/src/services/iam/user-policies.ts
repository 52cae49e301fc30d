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
import { pageFields, requireUser, userCheck } from './lookups.ts';

const putUserPolicy = operation<
  client.PutUserPolicyCommandInput,
  Partial<client.PutUserPolicyCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'PutUserPolicy', input.UserName),
  run(input, call) {
    putInlinePolicy(call, requireUser(call, input.UserName), input);
    return {};
  },
});

const getUserPolicy = operation<
  client.GetUserPolicyCommandInput,
  Partial<client.GetUserPolicyCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'GetUserPolicy', input.UserName),
  run(input, call) {
    const user = requireUser(call, input.UserName);
    const policy = requireInlinePolicy(user, input.PolicyName);
    return {
      UserName: user.name,
      PolicyName: policy.name,
      PolicyDocument: encodeDocument(policy.document),
    };
  },
});

const deleteUserPolicy = operation<
  client.DeleteUserPolicyCommandInput,
  Partial<client.DeleteUserPolicyCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'DeleteUserPolicy', input.UserName),
  run(input, call) {
    deleteInlinePolicy(call, requireUser(call, input.UserName), input.PolicyName);
    return {};
  },
});

const listUserPolicies = operation<
  client.ListUserPoliciesCommandInput,
  Partial<client.ListUserPoliciesCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'ListUserPolicies', input.UserName),
  run(input, call) {
    const names = inlinePolicyNames(call, requireUser(call, input.UserName), input);
    return { PolicyNames: [...names.items], ...pageFields(names) };
  },
});

const attachUserPolicy = operation<
  client.AttachUserPolicyCommandInput,
  Partial<client.AttachUserPolicyCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'AttachUserPolicy', input.UserName, { 'iam:PolicyARN': input.PolicyArn }),
  run(input, call) {
    attachPolicy(call, requireUser(call, input.UserName), input.PolicyArn);
    return {};
  },
});

const detachUserPolicy = operation<
  client.DetachUserPolicyCommandInput,
  Partial<client.DetachUserPolicyCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'DetachUserPolicy', input.UserName, { 'iam:PolicyARN': input.PolicyArn }),
  run(input, call) {
    detachPolicy(call, requireUser(call, input.UserName), input.PolicyArn);
    return {};
  },
});

const listAttachedUserPolicies = operation<
  client.ListAttachedUserPoliciesCommandInput,
  Partial<client.ListAttachedUserPoliciesCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'ListAttachedUserPolicies', input.UserName),
  run(input, call) {
    const policies = attachedPolicies(call, requireUser(call, input.UserName), input);
    return { AttachedPolicies: [...policies.items], ...pageFields(policies) };
  },
});

export const userPolicyOperations = {
  AttachUserPolicy: attachUserPolicy,
  DeleteUserPolicy: deleteUserPolicy,
  DetachUserPolicy: detachUserPolicy,
  GetUserPolicy: getUserPolicy,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  ListUserPolicies: listUserPolicies,
  PutUserPolicy: putUserPolicy,
};
