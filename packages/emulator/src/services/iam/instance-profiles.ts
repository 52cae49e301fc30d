import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import {
  deleteConflict,
  findRole,
  iamArn,
  instanceProfileCheck,
  page,
  pageFields,
  requireInstanceProfile,
  requireOwnRole,
  requireRole,
  roleCheck,
} from './lookups.ts';
import { passRoleCheck } from './pass-role.ts';
import { describeRole } from './roles.ts';
import { iamState, type InstanceProfile } from './state.ts';
import { checkedTags, describeTags, requestTagContext } from './tags.ts';
import { Timeline } from './timeline.ts';

const instanceProfilesMax = 1_000; // IAM quotas, instance profiles in an account, default

const describeProfile = (scope: Scope, profile: InstanceProfile): client.InstanceProfile => {
  const role = profile.roleName === undefined ? undefined : findRole(scope, profile.roleName);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles: role ? [describeRole(role)] : [],
  };
};

const createInstanceProfile = operation<
  client.CreateInstanceProfileCommandInput,
  Partial<client.CreateInstanceProfileCommandOutput>
>({
  authorize(input, call) {
    const resource = iamArn(
      call,
      `instance-profile${input.Path ?? '/'}${input.InstanceProfileName ?? ''}`,
    );
    const context = requestTagContext(input.Tags);
    const create = { action: 'iam:CreateInstanceProfile', resource, context };
    return (input.Tags ?? []).length === 0
      ? create
      : [create, { action: 'iam:TagInstanceProfile', resource, context }];
  },
  run(input, call) {
    const name = input.InstanceProfileName ?? '';
    const path = input.Path ?? '/';
    const { instanceProfiles } = iamState.in(call);
    if (instanceProfiles.has(name.toLowerCase()))
      throw new AwsError('EntityAlreadyExists', `Instance Profile ${name} already exists.`);
    if (instanceProfiles.size >= instanceProfilesMax)
      throw new AwsError(
        'LimitExceeded',
        `Cannot exceed quota for InstanceProfilesPerAccount: ${instanceProfilesMax}`,
      );
    const profile: InstanceProfile = {
      id: `AIPA${call.code('instance-profile-id', 17)}`,
      arn: iamArn(call, `instance-profile${path}${name}`),
      path,
      name,
      createdAt: call.date,
      tags: checkedTags(input.Tags),
      roleName: undefined,
      effectiveRoleName: new Timeline(undefined),
    };
    instanceProfiles.set(name.toLowerCase(), profile);
    return {
      InstanceProfile: { ...describeProfile(call, profile), Tags: describeTags(profile.tags) },
    };
  },
});

const getInstanceProfile = operation<
  client.GetInstanceProfileCommandInput,
  Partial<client.GetInstanceProfileCommandOutput>
>({
  authorize: (input, call) =>
    instanceProfileCheck(call, 'GetInstanceProfile', input.InstanceProfileName),
  run(input, call) {
    const profile = requireInstanceProfile(call, input.InstanceProfileName);
    return {
      InstanceProfile: { ...describeProfile(call, profile), Tags: describeTags(profile.tags) },
    };
  },
});

const deleteInstanceProfile = operation<
  client.DeleteInstanceProfileCommandInput,
  Partial<client.DeleteInstanceProfileCommandOutput>
>({
  authorize: (input, call) =>
    instanceProfileCheck(call, 'DeleteInstanceProfile', input.InstanceProfileName),
  run(input, call) {
    const profile = requireInstanceProfile(call, input.InstanceProfileName);
    if (profile.roleName !== undefined) throw deleteConflict('remove roles from instance profile');
    iamState.in(call).instanceProfiles.delete(profile.name.toLowerCase());
    return {};
  },
});

const listInstanceProfiles = operation<
  client.ListInstanceProfilesCommandInput,
  Partial<client.ListInstanceProfilesCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'iam:ListInstanceProfiles',
    resource: iamArn(call, `instance-profile${input.PathPrefix ?? '/'}`),
  }),
  run(input, call) {
    const matching = [...iamState.in(call).instanceProfiles.values()].filter(({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    const profiles = page(call, matching, input, ({ name }) => name.toLowerCase());
    return {
      InstanceProfiles: profiles.items.map((profile) => describeProfile(call, profile)),
      ...pageFields(profiles),
    };
  },
});

const listInstanceProfilesForRole = operation<
  client.ListInstanceProfilesForRoleCommandInput,
  Partial<client.ListInstanceProfilesForRoleCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'ListInstanceProfilesForRole', input.RoleName),
  run(input, call) {
    const role = requireRole(call, input.RoleName);
    const matching = [...iamState.in(call).instanceProfiles.values()].filter(
      ({ roleName }) => roleName === role.name,
    );
    const profiles = page(call, matching, input, ({ name }) => name.toLowerCase());
    return {
      InstanceProfiles: profiles.items.map((profile) => describeProfile(call, profile)),
      ...pageFields(profiles),
    };
  },
});

function setRole(scope: Scope, profile: InstanceProfile, roleName: string | undefined): void {
  profile.roleName = roleName;
  profile.effectiveRoleName.set(roleName, scope.now + scope.world.settings.iamPropagationMs);
}

const addRoleToInstanceProfile = operation<
  client.AddRoleToInstanceProfileCommandInput,
  Partial<client.AddRoleToInstanceProfileCommandOutput>
>({
  authorize: (input, call) => [
    instanceProfileCheck(call, 'AddRoleToInstanceProfile', input.InstanceProfileName),
    passRoleCheck(
      call,
      findRole(call, input.RoleName)?.arn ?? iamArn(call, `role/${input.RoleName ?? ''}`),
      'ec2.amazonaws.com',
    ),
  ],
  run(input, call) {
    const profile = requireInstanceProfile(call, input.InstanceProfileName);
    const role = requireOwnRole(call, input.RoleName);
    if (profile.roleName !== undefined)
      throw new AwsError(
        'LimitExceeded',
        'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      );
    setRole(call, profile, role.name);
    return {};
  },
});

const removeRoleFromInstanceProfile = operation<
  client.RemoveRoleFromInstanceProfileCommandInput,
  Partial<client.RemoveRoleFromInstanceProfileCommandOutput>
>({
  authorize: (input, call) =>
    instanceProfileCheck(call, 'RemoveRoleFromInstanceProfile', input.InstanceProfileName),
  run(input, call) {
    const profile = requireInstanceProfile(call, input.InstanceProfileName);
    const role = requireRole(call, input.RoleName);
    if (profile.roleName !== role.name)
      throw new AwsError(
        'NoSuchEntity',
        `Role ${role.name} in Instance Profile ${profile.name} cannot be found.`,
      );
    setRole(call, profile, undefined);
    return {};
  },
});

export const instanceProfileOperations = {
  AddRoleToInstanceProfile: addRoleToInstanceProfile,
  CreateInstanceProfile: createInstanceProfile,
  DeleteInstanceProfile: deleteInstanceProfile,
  GetInstanceProfile: getInstanceProfile,
  ListInstanceProfiles: listInstanceProfiles,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
};
