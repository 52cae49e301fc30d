import { describe, expect, it } from '@jest/globals';
import type { KMSClient } from '@aws-sdk/client-kms';
import {
  CreateGrantCommand,
  DecryptCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  MalformedPolicyDocumentException,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  type GrantOperation,
} from '@aws-sdk/client-kms';
import { main, other, text, policyOf, ownAccount, setUp } from '../../../test/kms-fixture.ts';

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
