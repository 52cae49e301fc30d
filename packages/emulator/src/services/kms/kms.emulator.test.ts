import { describe, expect, it } from '@jest/globals';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AlreadyExistsException,
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisabledException,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
  KMSInvalidStateException,
  ListAliasesCommand,
  ListGrantsCommand,
  ListResourceTagsCommand,
  MalformedPolicyDocumentException,
  NotFoundException,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  paginateListKeys,
  type CreateKeyCommandInput,
  type GrantOperation,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { accountFixture } from '../../../test/account-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import type { Principal } from '../../iam/principal.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import { iam } from '../iam/operations.ts';
import { sts } from '../sts/operations.ts';
import { keyUseCheck } from './key-use.ts';
import { kms } from './operations.ts';
import { kmsResources } from './resources.ts';

const main = '111111111111';
const other = '222222222222';
const dayMs = 24 * 3600 * 1000;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const untext = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

const policyOf = (...statements: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Effect: 'Allow',
      Resource: '*',
      ...statement,
    })),
  });
const ownAccount = { Principal: { AWS: `arn:aws:iam::${main}:root` }, Action: 'kms:*' };

function setUp() {
  const given = accountFixture([iam, sts, kms]);
  const otherAccount = createAccount(given.world, { id: other, name: 'other' });
  const client = given.client(KMSClient);
  const otherClient = given.client(KMSClient, { as: otherAccount.adminCredentials });
  const makeKey = async (
    input: CreateKeyCommandInput = {},
  ): Promise<{ id: string; arn: string }> => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
    return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
  };
  /** A role of an account with a policy, and a client that acts as it. */
  const roleClient = async (name: string, policy: string | undefined, account = main) => {
    const as = account === main ? given.account.adminCredentials : otherAccount.adminCredentials;
    const admin = given.client(IAMClient, { as });
    await admin.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
        }),
      }),
    );
    if (policy !== undefined)
      await admin.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: policy }),
      );
    await given.spread();
    const RoleArn = `arn:aws:iam::${account}:role/${name}`;
    const { Credentials } = await given
      .client(STSClient, { as })
      .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }));
    const session = given.client(KMSClient, {
      as: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken,
      },
    });
    return { arn: RoleArn, session };
  };
  return { given, client, otherClient, makeKey, roleClient };
}

describe('ciphertext', () => {
  it('depends on the key and on the encryption context', async () => {
    const { client, makeKey } = setUp();
    const [a, b] = [await makeKey(), await makeKey()];
    const EncryptionContext = { app: 'x' };
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: a.id, Plaintext: text('hello'), EncryptionContext }),
    );
    expect(untext(CiphertextBlob)).not.toContain('hello');
    const got = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(untext(got.Plaintext)).toBe('hello');
    expect(got.KeyId).toBe(a.arn);
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { app: 'y' } })),
    ).rejects.toBeInstanceOf(InvalidCiphertextException);
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: b.id })),
    ).rejects.toBeInstanceOf(IncorrectKeyException);
    const broken = Uint8Array.from(CiphertextBlob ?? []);
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob: broken, EncryptionContext })),
    ).rejects.toBeInstanceOf(InvalidCiphertextException);
    const moved = await client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: b.arn,
      }),
    );
    const after = await client.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }));
    expect(untext(after.Plaintext)).toBe('hello');
    expect(after.KeyId).toBe(b.arn);
  });

  it('comes with data keys of the size that is asked for', async () => {
    const { client, makeKey } = setUp();
    const { id: KeyId } = await makeKey();
    const key = await client.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 100 }));
    expect(key.Plaintext).toHaveLength(100);
    const { Plaintext } = await client.send(
      new DecryptCommand({ CiphertextBlob: key.CiphertextBlob }),
    );
    expect(Plaintext).toEqual(key.Plaintext);
    const again = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    expect(again.Plaintext).toHaveLength(32);
    await expect(client.send(new GenerateDataKeyCommand({ KeyId }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      client.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(4_097) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('keys', () => {
  it('have names: id, ARN and alias; others are not found', async () => {
    const { client, makeKey, given } = setUp();
    const key = await makeKey({ Description: 'mine' });
    await client.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: key.id }));
    const aliasArn = `arn:aws:kms:eu-west-1:${main}:alias/a`;
    for (const KeyId of [key.id, key.arn, 'alias/a', aliasArn]) {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata).toMatchObject({
        Arn: key.arn,
        Description: 'mine',
        KeyState: 'Enabled',
        KeyManager: 'CUSTOMER',
      });
    }
    for (const KeyId of ['none', 'alias/none', key.arn.replace('eu-west-1', 'us-east-1')])
      await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toBeInstanceOf(
        NotFoundException,
      );
    await expect(
      given
        .client(KMSClient, { region: 'us-east-1' })
        .send(new DescribeKeyCommand({ KeyId: key.id })),
    ).rejects.toBeInstanceOf(NotFoundException);
    await expect(
      client.send(new ScheduleKeyDeletionCommand({ KeyId: 'alias/a' })),
    ).rejects.toBeInstanceOf(NotFoundException);
  });

  it('are symmetric here and refuse what is not modelled', async () => {
    const { makeKey } = setUp();
    await expect(makeKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
    await expect(makeKey({ Origin: 'EXTERNAL' })).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
  });

  it('are disabled and enabled', async () => {
    const { client, makeKey } = setUp();
    const { id: KeyId } = await makeKey();
    const encrypt = () => client.send(new EncryptCommand({ KeyId, Plaintext: text('x') }));
    await client.send(new DisableKeyCommand({ KeyId }));
    await expect(encrypt()).rejects.toBeInstanceOf(DisabledException);
    await client.send(new EnableKeyCommand({ KeyId }));
    await encrypt();
  });

  it('wait for seven to thirty days before they are deleted', async () => {
    const { client, makeKey, given } = setUp();
    const { id: KeyId } = await makeKey();
    await client.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }));
    const schedule = (PendingWindowInDays?: number) =>
      client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));
    const state = async (): Promise<string | undefined> => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      return KeyMetadata?.KeyState;
    };
    await expect(schedule(6)).rejects.toMatchObject({ name: 'ValidationException' });
    const { DeletionDate } = await schedule(7);
    expect(DeletionDate).toEqual(new Date(given.world.scheduler.now + 7 * dayMs));
    await expect(
      client.send(new EncryptCommand({ KeyId, Plaintext: text('x') })),
    ).rejects.toBeInstanceOf(KMSInvalidStateException);
    await given.world.scheduler.runFor(6 * dayMs);
    await client.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await state()).toBe('Disabled');
    await given.world.scheduler.runFor(2 * dayMs);
    expect(await state()).toBe('Disabled');
    const last = await schedule();
    expect(last.PendingWindowInDays).toBe(30);
    await given.world.scheduler.runFor(30 * dayMs);
    await expect(state()).rejects.toBeInstanceOf(NotFoundException);
    expect((await client.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
  });

  it('rotate on the day that they say', async () => {
    const { client, makeKey, given } = setUp();
    const { id: KeyId } = await makeKey();
    const status = () => client.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(await status()).toMatchObject({ KeyRotationEnabled: false });
    const begin = given.world.scheduler.now;
    await client.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    await given.world.scheduler.runFor(100 * dayMs);
    expect(await status()).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
      NextRotationDate: new Date(begin + 180 * dayMs),
    });
  });

  it('and tags and aliases are listed in pages of two', async () => {
    const { client, makeKey } = setUp();
    const keys = new Set<string>();
    for (let count = 0; count < 5; count++) keys.add((await makeKey()).id);
    const sizes: number[] = [];
    for await (const page of paginateListKeys({ client }, {})) {
      sizes.push(page.Keys?.length ?? 0);
      for (const key of page.Keys ?? []) keys.delete(key.KeyId ?? '');
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(keys.size).toBe(0);
    const { id: KeyId } = await makeKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    await client.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'b', TagValue: '2' }] }));
    const { Tags } = await client.send(new ListResourceTagsCommand({ KeyId }));
    expect(Tags).toEqual([
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'b', TagValue: '2' },
    ]);
    await expect(client.send(new ListAliasesCommand({ Marker: 'made-up' }))).rejects.toMatchObject({
      name: 'InvalidMarkerException',
    });
  });
});

describe('aliases', () => {
  it('belong to one key at a time', async () => {
    const { client, makeKey } = setUp();
    const [a, b] = [await makeKey(), await makeKey()];
    const AliasName = 'alias/app/main';
    await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: a.id }));
    await expect(
      client.send(new CreateAliasCommand({ AliasName, TargetKeyId: b.id })),
    ).rejects.toBeInstanceOf(AlreadyExistsException);
    await client.send(new UpdateAliasCommand({ AliasName, TargetKeyId: b.id }));
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: AliasName }));
    expect(KeyMetadata?.KeyId).toBe(b.id);
    await client.send(new DeleteAliasCommand({ AliasName }));
    await expect(client.send(new DeleteAliasCommand({ AliasName }))).rejects.toBeInstanceOf(
      NotFoundException,
    );
    await expect(
      client.send(new CreateAliasCommand({ AliasName: 'alias/aws/mine', TargetKeyId: a.id })),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('key policies', () => {
  it('decide alone: rights of a role count only where the policy lets the account decide', async () => {
    const { client, makeKey, roleClient } = setUp();
    const all = policyOf({ Action: 'kms:*' });
    const { session, arn } = await roleClient('r', all);
    const closed = await makeKey({
      Policy: policyOf({
        Principal: { AWS: `arn:aws:iam::${main}:user/admin` },
        Action: 'kms:*',
      }),
    });
    const open = await makeKey();
    const encrypt = (KeyId: string) =>
      session.send(new EncryptCommand({ KeyId, Plaintext: text('x') }));
    await encrypt(open.id);
    await expect(encrypt(closed.id)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('no resource-based policy allows'),
    });
    await client.send(
      new PutKeyPolicyCommand({
        KeyId: closed.id,
        Policy: policyOf(
          { Principal: { AWS: `arn:aws:iam::${main}:user/admin` }, Action: 'kms:*' },
          { Principal: { AWS: arn }, Action: 'kms:Encrypt' },
        ),
      }),
    );
    await encrypt(closed.id);
    const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId: closed.id }));
    expect(Policy).toContain(arn);
  });

  it('must let their author change them, and name principals that exist', async () => {
    const { client, makeKey, roleClient } = setUp();
    const { arn } = await roleClient('r', undefined);
    const locked = policyOf({ Principal: { AWS: arn }, Action: 'kms:*' });
    await expect(makeKey({ Policy: locked })).rejects.toBeInstanceOf(
      MalformedPolicyDocumentException,
    );
    await makeKey({ Policy: locked, BypassPolicyLockoutSafetyCheck: true });
    const { id: KeyId } = await makeKey();
    await expect(
      client.send(new PutKeyPolicyCommand({ KeyId, Policy: locked })),
    ).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
    await expect(
      client.send(
        new PutKeyPolicyCommand({
          KeyId,
          Policy: policyOf(ownAccount, { Principal: { AWS: `${arn}x` }, Action: 'kms:*' }),
        }),
      ),
    ).rejects.toThrow('Invalid principal in policy');
  });

  it('open a key to another account only together with rights there', async () => {
    const { makeKey, otherClient, roleClient } = setUp();
    const shared = await makeKey({
      Policy: policyOf(ownAccount, { Principal: { AWS: other }, Action: 'kms:Encrypt' }),
    });
    const closed = await makeKey();
    const encrypt = (session: KMSClient, KeyId: string) =>
      session.send(new EncryptCommand({ KeyId, Plaintext: text('x') }));
    await encrypt(otherClient, shared.arn);
    await expect(encrypt(otherClient, closed.arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const { session } = await roleClient('weak', undefined, other);
    await expect(encrypt(session, shared.arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      otherClient.send(new GetKeyPolicyCommand({ KeyId: shared.arn })),
    ).rejects.toMatchObject({ name: 'InvalidArnException' });
  });

  it('can ask for the encryption context and for the account of the caller', async () => {
    const { makeKey, roleClient } = setUp();
    const { session, arn } = await roleClient('r', undefined);
    const key = await makeKey({
      Policy: policyOf(ownAccount, {
        Principal: { AWS: '*' },
        Action: 'kms:Encrypt',
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': arn },
          StringEquals: { 'kms:CallerAccount': main, 'kms:EncryptionContext:app': 'x' },
        },
      }),
    });
    const encrypt = (EncryptionContext: Record<string, string>) =>
      session.send(new EncryptCommand({ KeyId: key.id, Plaintext: text('x'), EncryptionContext }));
    await encrypt({ app: 'x' });
    await expect(encrypt({ app: 'y' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('grants', () => {
  const setUpGrant = async (account: string, constraints = {}) => {
    const tools = setUp();
    const { client, makeKey, roleClient } = tools;
    const key = await makeKey();
    const role = await roleClient('grantee', undefined, account);
    const encrypt = (options = {}) =>
      role.session.send(new EncryptCommand({ KeyId: key.arn, Plaintext: text('x'), ...options }));
    const Operations: GrantOperation[] = ['Encrypt', 'RetireGrant'];
    const { GrantId, GrantToken } = await client.send(
      new CreateGrantCommand({
        KeyId: key.id,
        GranteePrincipal: role.arn,
        Operations,
        ...constraints,
      }),
    );
    return { ...tools, key, role, encrypt, GrantId, GrantToken };
  };

  it.each([main, other])('let a role of %s use a key once they have spread', async (account) => {
    const { given, client, encrypt, key, GrantId, GrantToken, role } = await setUpGrant(account);
    await expect(encrypt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await encrypt({ GrantTokens: [GrantToken] });
    await given.spread();
    const { CiphertextBlob } = await encrypt();
    await expect(role.session.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const { Grants } = await client.send(new ListGrantsCommand({ KeyId: key.id }));
    expect(Grants).toMatchObject([{ GrantId, GranteePrincipal: role.arn }]);
    await client.send(new RevokeGrantCommand({ KeyId: key.id, GrantId }));
    await expect(encrypt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('hold for the encryption context that they name', async () => {
    const { given, encrypt } = await setUpGrant(main, {
      Constraints: { EncryptionContextSubset: { app: 'x' } },
    });
    await given.spread();
    await encrypt({ EncryptionContext: { app: 'x', more: 'y' } });
    await expect(encrypt({ EncryptionContext: { app: 'z' } })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(encrypt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('end when the grantee retires them', async () => {
    const { given, role, encrypt, GrantToken, otherClient } = await setUpGrant(main);
    await given.spread();
    await expect(otherClient.send(new RetireGrantCommand({ GrantToken }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await role.session.send(new RetireGrantCommand({ GrantToken }));
    await expect(encrypt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('are limited to what a symmetric key can do, and to principals that exist', async () => {
    const { client, key, role } = await setUpGrant(main);
    const grant = (GranteePrincipal: string, operation: GrantOperation) =>
      client.send(
        new CreateGrantCommand({ KeyId: key.id, GranteePrincipal, Operations: [operation] }),
      );
    await expect(grant(role.arn, 'Sign')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(grant(`${role.arn}x`, 'Encrypt')).rejects.toMatchObject({
      name: 'InvalidArnException',
    });
  });
});

describe('multi-Region keys', () => {
  it('share id and material, and the primary goes last', async () => {
    const { given, client, makeKey } = setUp();
    const key = await makeKey({ MultiRegion: true });
    expect(key.id).toMatch(/^mrk-[0-9a-f]{32}$/);
    const KeyId = key.id;
    await client.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    const there = given.client(KMSClient, { region: 'us-east-1' });
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId, Plaintext: text('hello') }),
    );
    await expect(there.send(new DecryptCommand({ CiphertextBlob }))).rejects.toBeInstanceOf(
      KMSInvalidStateException,
    );
    await given.world.scheduler.runFor(10_000);
    const { Plaintext } = await there.send(new DecryptCommand({ CiphertextBlob }));
    expect(untext(Plaintext)).toBe('hello');
    const { KeyState } = await client.send(
      new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
    );
    expect(KeyState).toBe('PendingReplicaDeletion');
    await there.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await given.world.scheduler.runFor(7 * dayMs);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.KeyState).toBe('PendingDeletion');
    await given.world.scheduler.runFor(7 * dayMs);
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toBeInstanceOf(
      NotFoundException,
    );
  });

  it('are made as such', async () => {
    const { client, makeKey } = setUp();
    const { id: KeyId } = await makeKey();
    await expect(
      client.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' })),
    ).rejects.toMatchObject({ name: 'UnsupportedOperationException' });
  });
});

describe('use by other services', () => {
  const callOf = (world: Call['world'], caller: Principal, service = 'sns'): Call =>
    new Call({
      world,
      account: main,
      region: 'eu-west-1',
      service,
      caller,
      requestId: 'r',
      operationName: 'Publish',
      via: [],
    });

  it('goes through the key policy with the service as the way', async () => {
    const { given, makeKey } = setUp();
    const { admin } = given.account;
    const key = await makeKey({
      Policy: policyOf(
        { Principal: { AWS: main }, Action: 'kms:PutKeyPolicy' },
        {
          Principal: { AWS: main },
          Action: 'kms:Decrypt',
          Condition: { StringEquals: { 'kms:ViaService': 'sns.eu-west-1.amazonaws.com' } },
        },
        { Principal: { Service: 'events.amazonaws.com' }, Action: 'kms:GenerateDataKey*' },
      ),
    });
    const allows = (caller: Principal, service: string, action: `kms:${string}`): boolean => {
      const call = callOf(given.world, caller, service);
      return call.allows(keyUseCheck(call, key.arn, action));
    };
    expect(allows(admin, 'sns', 'kms:Decrypt')).toBe(true);
    expect(allows(admin, 'sqs', 'kms:Decrypt')).toBe(false);
    const events: Principal = { kind: 'service', service: 'events.amazonaws.com' };
    expect(allows(events, 'sns', 'kms:GenerateDataKey')).toBe(true);
    expect(allows(events, 'sns', 'kms:Decrypt')).toBe(false);
    expect(
      allows({ ...events, service: 'cloudwatch.amazonaws.com' }, 'sns', 'kms:GenerateDataKey'),
    ).toBe(false);
  });

  it('finds the keys of AWS, which come into being by being used and serve their service only', async () => {
    const { given, client } = setUp();
    const { admin } = given.account;
    const allows = (caller: Principal, service: string): boolean => {
      const call = callOf(given.world, caller, service);
      return call.allows(keyUseCheck(call, 'alias/aws/sns', 'kms:GenerateDataKey'));
    };
    expect(allows(admin, 'sns')).toBe(true);
    expect(allows(admin, 'sqs')).toBe(false);
    expect(allows({ kind: 'service', service: 'events.amazonaws.com' }, 'sns')).toBe(false);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: 'alias/aws/sns' }));
    expect(KeyMetadata?.KeyManager).toBe('AWS');
    await expect(
      client.send(new EncryptCommand({ KeyId: 'alias/aws/sns', Plaintext: text('x') })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      client.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('stops at a key that is missing or disabled', async () => {
    const { given, client, makeKey } = setUp();
    const call = callOf(given.world, given.account.admin);
    const codeOf = (name: string): string => {
      try {
        keyUseCheck(call, name, 'kms:Decrypt');
        return 'none';
      } catch (error) {
        return isAwsError(error) ? error.code : 'defect';
      }
    };
    const { id: KeyId } = await makeKey();
    expect(codeOf(KeyId)).toBe('none');
    expect(codeOf('alias/none')).toBe('NotFoundException');
    await client.send(new DisableKeyCommand({ KeyId }));
    expect(codeOf(KeyId)).toBe('DisabledException');
    await client.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(codeOf(KeyId)).toBe('KMSInvalidStateException');
  });
});

describe('CloudFormation', () => {
  const provider = (type: string): ResourceProvider => {
    const found = kmsResources.find((candidate) => candidate.type === type);
    if (!found) throw new TypeError(`there is no provider of ${type}`);
    return found;
  };

  it('makes, changes and deletes keys and aliases', async () => {
    const { given, client } = setUp();
    const deployment = given.deployment('Key', { tags: { stage: 'dev' } });
    const type = provider('AWS::KMS::Key');
    const document = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Resource: '*', ...ownAccount },
    };
    const first = {
      KeyPolicy: document,
      EnableKeyRotation: 'true',
      RotationPeriodInDays: 90,
      PendingWindowInDays: 7,
      Tags: [{ Key: 'a', Value: '1' }],
    };
    const { physicalId: KeyId, attributes } = await type.create(first, deployment);
    expect(attributes).toEqual({
      KeyId,
      Arn: `arn:aws:kms:eu-west-1:${main}:key/${KeyId}`,
    });
    const rotation = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(rotation.RotationPeriodInDays).toBe(90);
    const second = { ...first, EnableKeyRotation: false, Description: 'new', Tags: [] };
    await type.update?.(second, deployment, { physicalId: KeyId, previous: first });
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.Description).toBe('new');
    const { Tags } = await client.send(new ListResourceTagsCommand({ KeyId }));
    expect(Tags).toEqual([{ TagKey: 'stage', TagValue: 'dev' }]);
    await expect(
      type.update?.({ ...second, MultiRegion: true }, deployment, {
        physicalId: KeyId,
        previous: second,
      }),
    ).rejects.toThrow('cannot change');
    const alias = { AliasName: 'alias/x', TargetKeyId: KeyId };
    const aliasType = provider('AWS::KMS::Alias');
    expect((await aliasType.create(alias, deployment)).physicalId).toBe('alias/x');
    await aliasType.delete('alias/x', deployment, { properties: alias });
    await aliasType.delete('alias/x', deployment, { properties: alias });
    await type.delete(KeyId, deployment, { properties: second });
    const gone = await client.send(new DescribeKeyCommand({ KeyId }));
    expect(gone.KeyMetadata).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(given.world.scheduler.now + 7 * dayMs),
    });
    await type.delete(KeyId, deployment, { properties: second });
  });
});
