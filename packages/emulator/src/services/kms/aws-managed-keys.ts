import type { Scope } from '../../world/scope.ts';
import { addKey } from './add-key.ts';
import { readKeyPolicy } from './key-policy.ts';
import { kmsState, type Alias } from './state.ts';

/** The services that have a key of their own here, and the endpoint prefix that `kms:ViaService` names. */
const viaServiceOf: ReadonlyMap<string, string> = new Map([
  ['dynamodb', 'dynamodb'],
  ['ebs', 'ec2'],
  ['imagebuilder', 'imagebuilder'],
  ['lambda', 'lambda'],
  ['s3', 's3'],
  ['sns', 'sns'],
  ['sqs', 'sqs'],
  ['ssm', 'ssm'],
]);

const rotationDays = 365; // KMS Developer Guide: AWS managed keys rotate every year

/** Source: KMS Developer Guide, "AWS managed keys", policies as `GetKeyPolicy` shows them. */
const policyOf = (scope: Scope, service: string, via: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': scope.account,
            'kms:ViaService': `${via}.${scope.region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${scope.account}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  });

/** Finds an alias; the key of an AWS service comes into being when somebody first asks for it. */
export function findAlias(scope: Scope, name: string): Alias | undefined {
  const { aliases } = kmsState.in(scope);
  const known = aliases.get(name);
  const service = /^alias\/aws\/([a-z0-9]+)$/.exec(name)?.[1];
  const via = service === undefined ? undefined : viaServiceOf.get(service);
  if (known || service === undefined || via === undefined) return known;
  const kms = scope.at({ service: 'kms' });
  const key = addKey(kms, {
    description: `Default key that protects my ${service} data when no other key is defined`,
    policy: readKeyPolicy(scope.world, policyOf(scope, service, via)),
    managedFor: service,
  });
  key.rotation = { periodDays: rotationDays, since: scope.now };
  const alias: Alias = {
    name,
    arn: kms.arn(name),
    createdAt: scope.date,
    updatedAt: scope.date,
    targetKeyId: key.id,
  };
  aliases.set(name, alias);
  return alias;
}
