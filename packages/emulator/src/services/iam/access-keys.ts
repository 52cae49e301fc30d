import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { addAccessKey } from './identities.ts';
import { page, pageFields, requireUser, userCheck, userNameOrOwn } from './lookups.ts';
import type { AccessKey, User } from './state.ts';

const accessKeysMax = 2; // IAM quotas, access keys assigned to a user

function requireKey(user: User, id: string | undefined): AccessKey {
  const key = user.accessKeys.get(id ?? '');
  if (!key)
    throw new AwsError('NoSuchEntity', `The Access Key with id ${id ?? ''} cannot be found.`);
  return key;
}

const createAccessKey = operation<
  client.CreateAccessKeyCommandInput,
  Partial<client.CreateAccessKeyCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'CreateAccessKey', userNameOrOwn(call, input.UserName)),
  run(input, call) {
    const user = requireUser(call, userNameOrOwn(call, input.UserName));
    if (user.accessKeys.size >= accessKeysMax)
      throw new AwsError(
        'LimitExceeded',
        `Cannot exceed quota for AccessKeysPerUser: ${accessKeysMax}`,
      );
    const { key, secretAccessKey } = addAccessKey(call, user, call.world.settings.iamPropagationMs);
    return {
      AccessKey: {
        UserName: user.name,
        AccessKeyId: key.id,
        SecretAccessKey: secretAccessKey,
        Status: key.status,
        CreateDate: key.createdAt,
      },
    };
  },
});

const updateAccessKey = operation<
  client.UpdateAccessKeyCommandInput,
  Partial<client.UpdateAccessKeyCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'UpdateAccessKey', userNameOrOwn(call, input.UserName)),
  run(input, call) {
    const user = requireUser(call, userNameOrOwn(call, input.UserName));
    const status = input.Status;
    if (status !== 'Active' && status !== 'Inactive')
      throw new AwsError('ValidationError', `"${status ?? ''}" is neither Active nor Inactive`);
    requireKey(user, input.AccessKeyId).status = status;
    return {};
  },
});

const deleteAccessKey = operation<
  client.DeleteAccessKeyCommandInput,
  Partial<client.DeleteAccessKeyCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'DeleteAccessKey', userNameOrOwn(call, input.UserName)),
  run(input, call) {
    const user = requireUser(call, userNameOrOwn(call, input.UserName));
    const key = requireKey(user, input.AccessKeyId);
    user.accessKeys.delete(key.id);
    call.world.credentials.revoke(key.id);
    return {};
  },
});

const listAccessKeys = operation<
  client.ListAccessKeysCommandInput,
  Partial<client.ListAccessKeysCommandOutput>
>({
  authorize: (input, call) =>
    userCheck(call, 'ListAccessKeys', userNameOrOwn(call, input.UserName)),
  run(input, call) {
    const user = requireUser(call, userNameOrOwn(call, input.UserName));
    const keys = page(call, user.accessKeys.values(), input, ({ id }) => id);
    return {
      AccessKeyMetadata: keys.items.map((key) => ({
        UserName: user.name,
        AccessKeyId: key.id,
        Status: key.status,
        CreateDate: key.createdAt,
      })),
      ...pageFields(keys),
    };
  },
});

export const accessKeyOperations = {
  CreateAccessKey: createAccessKey,
  DeleteAccessKey: deleteAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
};
