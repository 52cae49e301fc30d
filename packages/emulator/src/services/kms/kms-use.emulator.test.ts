import { describe, expect, it } from '@jest/globals';
import {
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import type { Principal } from '../../iam/principal.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import { keyUseCheck } from './key-use.ts';
import { kmsResources } from './resources.ts';
import { main, dayMs, text, policyOf, ownAccount, setUp } from '../../../test/kms-fixture.ts';

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
