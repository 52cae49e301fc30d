import { describe, expect, it } from '@jest/globals';
import {
  AlreadyExistsException,
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisabledException,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyRotationStatusCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
  KMSInvalidStateException,
  ListAliasesCommand,
  ListResourceTagsCommand,
  NotFoundException,
  ReEncryptCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { main, dayMs, text, untext, setUp } from '../../../test/kms-fixture.ts';

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
