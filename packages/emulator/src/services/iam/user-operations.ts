import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { publish, withdraw } from './effective-identity.ts';
import { addUser } from './identities.ts';
import {
  alreadyExists,
  deleteConflict,
  findUser,
  iamArn,
  page,
  pageFields,
  requireUser,
  userCheck,
  userNameOrOwn,
} from './lookups.ts';
import { iamState, type User } from './state.ts';
import { addTags, checkedTags, describeTags, removeTags, requestTagContext } from './tags.ts';

const usersMax = 5_000; // IAM quotas, users in an account

const describeUser = (user: User): client.User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: user.createdAt,
});

const createUser = operation<
  client.CreateUserCommandInput,
  Partial<client.CreateUserCommandOutput>
>({
  authorize(input, call) {
    const resource = iamArn(call, `user${input.Path ?? '/'}${input.UserName ?? ''}`);
    const context = requestTagContext(input.Tags);
    const create = { action: 'iam:CreateUser', resource, context };
    return (input.Tags ?? []).length === 0
      ? create
      : [create, { action: 'iam:TagUser', resource, context }];
  },
  run(input, call) {
    refuseUnmodelled(input, ['PermissionsBoundary'], 'InvalidInput');
    const name = input.UserName ?? '';
    const path = input.Path ?? '/';
    if (findUser(call, name)) throw alreadyExists('User', name);
    if (iamState.in(call).users.size >= usersMax)
      throw new AwsError('LimitExceeded', `Cannot exceed quota for UsersPerAccount: ${usersMax}`);
    const user = addUser(call, { name, path, tags: checkedTags(input.Tags) });
    publish(call, user);
    return { User: { ...describeUser(user), Tags: describeTags(user.tags) } };
  },
});

const getUser = operation<client.GetUserCommandInput, Partial<client.GetUserCommandOutput>>({
  authorize: (input, call) => userCheck(call, 'GetUser', userNameOrOwn(call, input.UserName)),
  run(input, call) {
    const user = requireUser(call, userNameOrOwn(call, input.UserName));
    return { User: { ...describeUser(user), Tags: describeTags(user.tags) } };
  },
});

const listUsers = operation<client.ListUsersCommandInput, Partial<client.ListUsersCommandOutput>>({
  authorize: (input, call) => ({
    action: 'iam:ListUsers',
    resource: iamArn(call, `user${input.PathPrefix ?? '/'}`),
  }),
  run(input, call) {
    const matching = [...iamState.in(call).users.values()].filter(({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    const users = page(call, matching, input, ({ name }) => name.toLowerCase());
    return { Users: users.items.map(describeUser), ...pageFields(users) };
  },
});

const deleteUser = operation<
  client.DeleteUserCommandInput,
  Partial<client.DeleteUserCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'DeleteUser', input.UserName),
  run(input, call) {
    const user = requireUser(call, input.UserName);
    if (user.accessKeys.size > 0) throw deleteConflict('delete access keys');
    if (user.attached.size > 0) throw deleteConflict('detach all policies');
    if (user.inline.size > 0) throw deleteConflict('delete policies');
    iamState.in(call).users.delete(user.name.toLowerCase());
    withdraw(call, user);
    return {};
  },
});

const tagUser = operation<client.TagUserCommandInput, Partial<client.TagUserCommandOutput>>({
  authorize: (input, call) =>
    userCheck(call, 'TagUser', input.UserName, requestTagContext(input.Tags)),
  run(input, call) {
    const user = requireUser(call, input.UserName);
    addTags(user.tags, input.Tags);
    publish(call, user);
    return {};
  },
});

const untagUser = operation<client.UntagUserCommandInput, Partial<client.UntagUserCommandOutput>>({
  authorize: (input, call) =>
    userCheck(call, 'UntagUser', input.UserName, { 'aws:TagKeys': input.TagKeys }),
  run(input, call) {
    const user = requireUser(call, input.UserName);
    removeTags(user.tags, input.TagKeys);
    publish(call, user);
    return {};
  },
});

const listUserTags = operation<
  client.ListUserTagsCommandInput,
  Partial<client.ListUserTagsCommandOutput>
>({
  authorize: (input, call) => userCheck(call, 'ListUserTags', input.UserName),
  run(input, call) {
    const user = requireUser(call, input.UserName);
    const tags = page(call, describeTags(user.tags), input, ({ Key }) => Key ?? '');
    return { Tags: [...tags.items], ...pageFields(tags) };
  },
});

export const userOperations = {
  CreateUser: createUser,
  DeleteUser: deleteUser,
  GetUser: getUser,
  ListUserTags: listUserTags,
  ListUsers: listUsers,
  TagUser: tagUser,
  UntagUser: untagUser,
};
