import type * as client from '@aws-sdk/client-ec2';
import { operation, type AccessCheck } from '../../world/service.ts';
import { invalidValue, refuseDryRun } from './errors.ts';
import { defaultKeyAlias, isDefaultKey } from './kms-keys.ts';
import { ec2State } from './state.ts';

/** None of these has a resource-level permission. */
const check = (action: string) => (): AccessCheck => ({ action: `ec2:${action}`, resource: '*' });

export const getEbsEncryptionByDefault = operation<
  client.GetEbsEncryptionByDefaultCommandInput,
  Partial<client.GetEbsEncryptionByDefaultCommandOutput>
>({
  authorize: check('GetEbsEncryptionByDefault'),
  run(input, call) {
    refuseDryRun(input);
    const { ebsEncryptionByDefault } = ec2State.in(call);
    return {
      EbsEncryptionByDefault: ebsEncryptionByDefault,
      SseType: ebsEncryptionByDefault ? 'sse-kms' : 'none',
    };
  },
});

export const enableEbsEncryptionByDefault = operation<
  client.EnableEbsEncryptionByDefaultCommandInput,
  Partial<client.EnableEbsEncryptionByDefaultCommandOutput>
>({
  authorize: check('EnableEbsEncryptionByDefault'),
  run(input, call) {
    refuseDryRun(input);
    ec2State.in(call).ebsEncryptionByDefault = true;
    return { EbsEncryptionByDefault: true };
  },
});

export const disableEbsEncryptionByDefault = operation<
  client.DisableEbsEncryptionByDefaultCommandInput,
  Partial<client.DisableEbsEncryptionByDefaultCommandOutput>
>({
  authorize: check('DisableEbsEncryptionByDefault'),
  run(input, call) {
    refuseDryRun(input);
    ec2State.in(call).ebsEncryptionByDefault = false;
    return { EbsEncryptionByDefault: false };
  },
});

export const getEbsDefaultKmsKeyId = operation<
  client.GetEbsDefaultKmsKeyIdCommandInput,
  Partial<client.GetEbsDefaultKmsKeyIdCommandOutput>
>({
  authorize: check('GetEbsDefaultKmsKeyId'),
  run(input, call) {
    refuseDryRun(input);
    return { KmsKeyId: ec2State.in(call).ebsDefaultKmsKeyId ?? defaultKeyAlias };
  },
});

export const modifyEbsDefaultKmsKeyId = operation<
  client.ModifyEbsDefaultKmsKeyIdCommandInput,
  Partial<client.ModifyEbsDefaultKmsKeyIdCommandOutput>
>({
  authorize: check('ModifyEbsDefaultKmsKeyId'),
  run(input, call) {
    refuseDryRun(input);
    const key = input.KmsKeyId ?? '';
    if (
      !/^(?:arn:aws:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/.+|alias\/.+|mrk-[0-9a-f]+|[0-9a-f-]{36})$/.test(
        key,
      )
    )
      throw invalidValue(`Value (${key}) for parameter KmsKeyId is invalid.`);
    const prefix = `arn:aws:kms:${call.region}:${call.account}:`;
    const arn = key.startsWith('arn:')
      ? key
      : `${prefix}${key.startsWith('alias/') ? key : `key/${key}`}`;
    ec2State.in(call).ebsDefaultKmsKeyId = isDefaultKey(call, arn) ? undefined : arn;
    return { KmsKeyId: isDefaultKey(call, arn) ? defaultKeyAlias : arn };
  },
});

export const resetEbsDefaultKmsKeyId = operation<
  client.ResetEbsDefaultKmsKeyIdCommandInput,
  Partial<client.ResetEbsDefaultKmsKeyIdCommandOutput>
>({
  authorize: check('ResetEbsDefaultKmsKeyId'),
  run(input, call) {
    refuseDryRun(input);
    ec2State.in(call).ebsDefaultKmsKeyId = undefined;
    return { KmsKeyId: defaultKeyAlias };
  },
});
