import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { encodeDocument, readTrustPolicy } from './documents.ts';
import { publish, withdraw } from './effective-identity.ts';
import { addRole } from './identities.ts';
import {
  alreadyExists,
  deleteConflict,
  findRole,
  iamArn,
  page,
  pageFields,
  requireOwnRole,
  requireRole,
  roleCheck,
} from './lookups.ts';
import { iamState, type Role } from './state.ts';
import { addTags, checkedTags, describeTags, removeTags, requestTagContext } from './tags.ts';

const rolesMax = 1_000; // IAM quotas, roles in an account, default
const sessionSecondsDefault = 3_600; // IAM API Reference, CreateRole, MaxSessionDuration

/** A role as lists show it; GetRole adds tags and duration. */
export const describeRole = (role: Role): client.Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encodeDocument(role.trust.show()),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
});

const createRole = operation<
  client.CreateRoleCommandInput,
  Partial<client.CreateRoleCommandOutput>
>({
  authorize(input, call) {
    const resource = iamArn(call, `role${input.Path ?? '/'}${input.RoleName ?? ''}`);
    const context = requestTagContext(input.Tags);
    const create = { action: 'iam:CreateRole', resource, context };
    return (input.Tags ?? []).length === 0
      ? create
      : [create, { action: 'iam:TagRole', resource, context }];
  },
  run(input, call) {
    refuseUnmodelled(input, ['PermissionsBoundary'], 'InvalidInput');
    const name = input.RoleName ?? '';
    const path = input.Path ?? '/';
    if (path.startsWith('/aws-service-role/'))
      throw new AwsError('InvalidInput', `the path ${path} is reserved for service-linked roles`);
    if (findRole(call, name)) throw alreadyExists('Role', name);
    if (iamState.in(call).roles.size >= rolesMax)
      throw new AwsError('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${rolesMax}`);
    const role = addRole(call, {
      name,
      path,
      trust: input.AssumeRolePolicyDocument ?? '',
      tags: checkedTags(input.Tags),
      description: input.Description,
      maxSessionSeconds: input.MaxSessionDuration ?? sessionSecondsDefault,
    });
    publish(call, role);
    return { Role: { ...describeRole(role), Tags: describeTags(role.tags) } };
  },
});

const getRole = operation<client.GetRoleCommandInput, Partial<client.GetRoleCommandOutput>>({
  authorize: (input, call) => roleCheck(call, 'GetRole', input.RoleName),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    return { Role: { ...describeRole(role), Tags: describeTags(role.tags), RoleLastUsed: {} } };
  },
});

const listRoles = operation<client.ListRolesCommandInput, Partial<client.ListRolesCommandOutput>>({
  authorize: (input, call) => ({
    action: 'iam:ListRoles',
    resource: iamArn(call, `role${input.PathPrefix ?? '/'}`),
  }),
  run(input, call) {
    const matching = [...iamState.in(call).roles.values()].filter(({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    const roles = page(call, matching, input, ({ name }) => name.toLowerCase());
    return { Roles: roles.items.map(describeRole), ...pageFields(roles) };
  },
});

const deleteRole = operation<
  client.DeleteRoleCommandInput,
  Partial<client.DeleteRoleCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'DeleteRole', input.RoleName),
  run(input, call) {
    const role = requireOwnRole(call, input.RoleName);
    const { roles, instanceProfiles } = iamState.in(call);
    if ([...instanceProfiles.values()].some(({ roleName }) => roleName === role.name))
      throw deleteConflict('remove roles from instance profile');
    if (role.attached.size > 0) throw deleteConflict('detach all policies');
    if (role.inline.size > 0) throw deleteConflict('delete policies');
    roles.delete(role.name.toLowerCase());
    withdraw(call, role);
    return {};
  },
});

const updateRole = operation<
  client.UpdateRoleCommandInput,
  Partial<client.UpdateRoleCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'UpdateRole', input.RoleName),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    if (input.MaxSessionDuration !== undefined)
      requireOwnRole(call, input.RoleName).maxSessionSeconds = input.MaxSessionDuration;
    if (input.Description !== undefined) role.description = input.Description;
    return {};
  },
});

const updateAssumeRolePolicy = operation<
  client.UpdateAssumeRolePolicyCommandInput,
  Partial<client.UpdateAssumeRolePolicyCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'UpdateAssumeRolePolicy', input.RoleName),
  run(input, call) {
    const role = requireOwnRole(call, input.RoleName);
    role.trust = readTrustPolicy(call.world, role.name, input.PolicyDocument ?? '');
    publish(call, role);
    return {};
  },
});

const tagRole = operation<client.TagRoleCommandInput, Partial<client.TagRoleCommandOutput>>({
  authorize: (input, call) =>
    roleCheck(call, 'TagRole', input.RoleName, requestTagContext(input.Tags)),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    addTags(role.tags, input.Tags);
    publish(call, role);
    return {};
  },
});

const untagRole = operation<client.UntagRoleCommandInput, Partial<client.UntagRoleCommandOutput>>({
  authorize: (input, call) =>
    roleCheck(call, 'UntagRole', input.RoleName, { 'aws:TagKeys': input.TagKeys }),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    removeTags(role.tags, input.TagKeys);
    publish(call, role);
    return {};
  },
});

const listRoleTags = operation<
  client.ListRoleTagsCommandInput,
  Partial<client.ListRoleTagsCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'ListRoleTags', input.RoleName),
  run(input, call) {
    const tags = page(
      call,
      describeTags(requireRole(call, input.RoleName).tags),
      input,
      ({ Key }) => Key ?? '',
    );
    return { Tags: [...tags.items], ...pageFields(tags) };
  },
});

export const roleOperations = {
  CreateRole: createRole,
  DeleteRole: deleteRole,
  GetRole: getRole,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
  TagRole: tagRole,
  UntagRole: untagRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
};
