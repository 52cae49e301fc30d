import type * as client from '@aws-sdk/client-kms';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { findKeyWithoutAlias, findOwnKey } from './find-key.ts';
import { dayMs } from './key-metadata.ts';
import { requireCustomerManaged, requireNotPendingDeletion } from './key-operations.ts';
import { invalidState, keyCheck, requireUsable } from './key-use.ts';
import { aliasesOf, kmsState, type Key } from './state.ts';

// KMS API Reference, ScheduleKeyDeletion, PendingWindowInDays
const windowDaysMin = 7;
const windowDaysMax = 30;
const windowDaysDefault = 30;

// KMS API Reference, EnableKeyRotation, RotationPeriodInDays
const rotationDaysDefault = 365;

function setEnabled(scope: Scope, name: string | undefined, enabled: boolean): void {
  const key = findOwnKey(scope, name ?? '');
  requireCustomerManaged(key);
  requireNotPendingDeletion(key);
  if (key.state === 'Creating') throw invalidState(key);
  key.state = enabled ? 'Enabled' : 'Disabled';
}

const enableKey = operation<client.EnableKeyCommandInput, Partial<client.EnableKeyCommandOutput>>({
  authorize: (input, call) => keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:EnableKey'),
  run(input, call) {
    setEnabled(call, input.KeyId, true);
    return {};
  },
});

const disableKey = operation<
  client.DisableKeyCommandInput,
  Partial<client.DisableKeyCommandOutput>
>({
  authorize: (input, call) => keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:DisableKey'),
  run(input, call) {
    setEnabled(call, input.KeyId, false);
    return {};
  },
});

/** Takes the key away for good when its waiting period is over. */
function startWaitingPeriod(scope: Scope, key: Key, windowDays: number): void {
  key.state = 'PendingDeletion';
  key.deletion = {
    windowDays,
    timer: scope.after(windowDays * dayMs, `delete-key ${key.id}`, () => {
      deleteForGood(scope, key);
    }),
  };
}

function deleteForGood(scope: Scope, key: Key): void {
  const state = kmsState.in(scope);
  state.keys.delete(key.id);
  for (const alias of aliasesOf(state, key.id)) state.aliases.delete(alias.name);
  scope.record('KeyDeleted', { key: key.arn });
  const { multiRegion } = key;
  if (!multiRegion || multiRegion.primaryRegion === key.region) return;
  multiRegion.replicaRegions.delete(key.region);
  const atPrimary = scope.at({ region: multiRegion.primaryRegion });
  const primary = kmsState.in(atPrimary).keys.get(key.id);
  if (primary?.state === 'PendingReplicaDeletion' && multiRegion.replicaRegions.size === 0)
    startWaitingPeriod(atPrimary, primary, primary.deletion?.windowDays ?? windowDaysDefault);
}

const scheduleKeyDeletion = operation<
  client.ScheduleKeyDeletionCommandInput,
  Partial<client.ScheduleKeyDeletionCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:ScheduleKeyDeletion', {
      context: {
        'kms:ScheduleKeyDeletionPendingWindowInDays': input.PendingWindowInDays,
      },
    }),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    const windowDays = input.PendingWindowInDays ?? windowDaysDefault;
    if (windowDays < windowDaysMin || windowDays > windowDaysMax)
      throw new AwsError(
        'ValidationException',
        `PendingWindowInDays ${windowDays} is not between ${windowDaysMin} and ${windowDaysMax}`,
      );
    const { multiRegion } = key;
    if (multiRegion?.primaryRegion === key.region && multiRegion.replicaRegions.size > 0) {
      key.state = 'PendingReplicaDeletion';
      key.deletion = { windowDays, timer: undefined };
    } else startWaitingPeriod(call.at({}), key, windowDays);
    return {
      KeyId: key.arn,
      KeyState: key.state,
      DeletionDate: key.deletion?.timer && new Date(key.deletion.timer.at),
      PendingWindowInDays: windowDays,
    };
  },
});

const cancelKeyDeletion = operation<
  client.CancelKeyDeletionCommandInput,
  Partial<client.CancelKeyDeletionCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:CancelKeyDeletion'),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    if (key.state !== 'PendingDeletion' && key.state !== 'PendingReplicaDeletion')
      throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
    if (key.deletion?.timer) key.deletion.timer.cancelled = true;
    key.deletion = undefined;
    // KMS API Reference, CancelKeyDeletion: the key is disabled afterwards.
    key.state = 'Disabled';
    return { KeyId: key.arn };
  },
});

const enableKeyRotation = operation<
  client.EnableKeyRotationCommandInput,
  Partial<client.EnableKeyRotationCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:EnableKeyRotation', {
      context: { 'kms:RotationPeriodInDays': input.RotationPeriodInDays },
    }),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireUsable(key);
    const periodDays =
      input.RotationPeriodInDays ?? key.rotation?.periodDays ?? rotationDaysDefault;
    key.rotation = { periodDays, since: call.now };
    return {};
  },
});

const disableKeyRotation = operation<
  client.DisableKeyRotationCommandInput,
  Partial<client.DisableKeyRotationCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:DisableKeyRotation'),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireUsable(key);
    key.rotation = undefined;
    return {};
  },
});

const getKeyRotationStatus = operation<
  client.GetKeyRotationStatusCommandInput,
  Partial<client.GetKeyRotationStatusCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findKeyWithoutAlias(call, input.KeyId ?? ''), 'kms:GetKeyRotationStatus'),
  run(input, call) {
    const key = findKeyWithoutAlias(call, input.KeyId ?? '');
    const { rotation } = key;
    if (!rotation) return { KeyId: key.arn, KeyRotationEnabled: false };
    const periodMs = rotation.periodDays * dayMs;
    const passed = Math.floor((call.now - rotation.since) / periodMs);
    return {
      KeyId: key.arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodDays,
      NextRotationDate: new Date(rotation.since + (passed + 1) * periodMs),
    };
  },
});

export const keyStateOperations = {
  CancelKeyDeletion: cancelKeyDeletion,
  DisableKey: disableKey,
  DisableKeyRotation: disableKeyRotation,
  EnableKey: enableKey,
  EnableKeyRotation: enableKeyRotation,
  GetKeyRotationStatus: getKeyRotationStatus,
  ScheduleKeyDeletion: scheduleKeyDeletion,
};
