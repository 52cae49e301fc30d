import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { snapshotArn } from './arns.ts';
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  notModelled,
  refuseDryRun,
  snapshotNotFound,
} from './errors.ts';
import { filterItems, yesNo, type FilterTable } from './filters.ts';
import { imagesOfSnapshot } from './image-lifecycle.ts';
import { isDefaultKey } from './kms-keys.ts';
import { checkedPageSize } from './page-size.ts';
import { registryOf, type Snapshot } from './state.ts';
import { describeTags, forgetTags, resourceTagContext } from './tags.ts';

const pageSizeMax = 1_000; // EC2 API Reference, DescribeSnapshots, MaxResults
const accountsPerSnapshotMax = 1_000; // EBS User Guide, "Share an Amazon EBS snapshot"

const mayUse = (snapshot: Snapshot, account: string): boolean =>
  snapshot.owner === account ||
  (snapshot.state === 'completed' &&
    (snapshot.permissions.has('all') || snapshot.permissions.has(account)));

export const describeSnapshots = operation<
  client.DescribeSnapshotsCommandInput,
  Partial<client.DescribeSnapshotsCommandOutput>
>({
  // DescribeSnapshots has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeSnapshots', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const asked = input.SnapshotIds ?? [];
    if (asked.length > 0 && (input.MaxResults !== undefined || input.NextToken !== undefined))
      throw invalidCombination(
        'The parameter SnapshotIds cannot be used with the parameters MaxResults and NextToken',
      );
    const visible = [...registryOf(call).snapshots.values()].filter((snapshot) =>
      mayUse(snapshot, call.account),
    );
    for (const id of asked)
      if (!visible.some((snapshot) => snapshot.id === id)) throw snapshotNotFound(id);
    const found = filterItems(call, visible, input.Filters, snapshotFilters).filter((snapshot) =>
      isWanted(call, snapshot, input),
    );
    if (asked.length > 0) return { Snapshots: found.map((item) => describe(call, item)) };
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: checkedPageSize(input.MaxResults),
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      Snapshots: page.items.map((item) => describe(call, item)),
      NextToken: page.nextToken,
    };
  },
});

function isWanted(
  call: Call,
  snapshot: Snapshot,
  input: client.DescribeSnapshotsCommandInput,
): boolean {
  if (input.SnapshotIds && input.SnapshotIds.length > 0 && !input.SnapshotIds.includes(snapshot.id))
    return false;
  const owner = snapshot.owner === call.account ? ['self', snapshot.owner] : [snapshot.owner];
  if (input.OwnerIds && !input.OwnerIds.some((id) => owner.includes(id))) return false;
  return input.RestorableByUserIds?.some((id) => isRestorable(call, snapshot, id)) ?? true;
}

const isRestorable = (call: Call, snapshot: Snapshot, user: string): boolean =>
  user === 'all'
    ? snapshot.permissions.has('all')
    : mayUse(snapshot, user === 'self' ? call.account : user);

const snapshotFilters: FilterTable<Snapshot> = {
  idOf: ({ id }) => id,
  values: {
    description: ({ description }) => [description],
    encrypted: ({ encrypted }) => [yesNo(encrypted)],
    'owner-id': ({ owner }) => [owner],
    'snapshot-id': ({ id }) => [id],
    'start-time': ({ startedAt }) => [startedAt.toISOString()],
    status: ({ state }) => [state],
    'volume-id': ({ volumeId }) => [volumeId],
    'volume-size': ({ volumeSize }) => [String(volumeSize)],
  },
};

const describe = (call: Call, snapshot: Snapshot): client.Snapshot => ({
  SnapshotId: snapshot.id,
  OwnerId: snapshot.owner,
  Description: snapshot.description,
  VolumeId: snapshot.volumeId,
  VolumeSize: snapshot.volumeSize,
  StartTime: snapshot.startedAt,
  CompletionTime: snapshot.completedAt,
  Progress: snapshot.state === 'completed' ? '100%' : '0%',
  State: snapshot.state,
  Encrypted: snapshot.encrypted,
  KmsKeyId: snapshot.kmsKeyId,
  StorageTier: 'standard',
  Tags: describeTags(call, snapshot.id),
});

const snapshotCheck =
  (action: string) =>
  (input: { SnapshotId?: string | undefined }, call: Call): AccessCheck => {
    const id = input.SnapshotId ?? '';
    return {
      action: `ec2:${action}`,
      resource: snapshotArn(call, id),
      resourceAccount: call.account,
      context: {
        'ec2:Region': call.region,
        'ec2:SnapshotID': id,
        'ec2:Owner': registryOf(call).snapshots.get(id)?.owner,
        ...resourceTagContext(call, id),
      },
    };
  };

function requireOwnSnapshot(call: Call, id: string): Snapshot {
  if (!/^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsError('InvalidSnapshotID.Malformed', `Invalid id: "${id}"`);
  const snapshot = registryOf(call).snapshots.get(id);
  if (snapshot?.owner !== call.account) throw snapshotNotFound(id);
  return snapshot;
}

export const deleteSnapshot = operation<
  client.DeleteSnapshotCommandInput,
  Partial<client.DeleteSnapshotCommandOutput>
>({
  authorize: snapshotCheck('DeleteSnapshot'),
  run(input, call) {
    refuseDryRun(input);
    const snapshot = requireOwnSnapshot(call, input.SnapshotId ?? '');
    const [image] = imagesOfSnapshot(call, snapshot.id);
    if (image)
      throw new AwsError(
        'InvalidSnapshot.InUse',
        `The snapshot ${snapshot.id} is currently in use by ${image.id}`,
      );
    registryOf(call).snapshots.delete(snapshot.id);
    forgetTags(call, snapshot.id);
    return {};
  },
});

export const describeSnapshotAttribute = operation<
  client.DescribeSnapshotAttributeCommandInput,
  Partial<client.DescribeSnapshotAttributeCommandOutput>
>({
  authorize: snapshotCheck('DescribeSnapshotAttribute'),
  run(input, call) {
    refuseDryRun(input);
    const snapshot = requireOwnSnapshot(call, input.SnapshotId ?? '');
    if (input.Attribute !== 'createVolumePermission')
      throw notModelled(`the snapshot attribute ${input.Attribute ?? ''}`);
    return {
      SnapshotId: snapshot.id,
      CreateVolumePermissions: [...snapshot.permissions].map((entry) =>
        entry === 'all' ? { Group: 'all' as const } : { UserId: entry },
      ),
    };
  },
});

export const modifySnapshotAttribute = operation<
  client.ModifySnapshotAttributeCommandInput,
  Partial<client.ModifySnapshotAttributeCommandOutput>
>({
  authorize: snapshotCheck('ModifySnapshotAttribute'),
  run(input, call) {
    refuseDryRun(input);
    const snapshot = requireOwnSnapshot(call, input.SnapshotId ?? '');
    const flat = [...(input.UserIds ?? []), ...(input.GroupNames ?? [])];
    if (flat.length > 0 && input.OperationType === undefined)
      throw missingParameter('OperationType');
    const add = [
      ...(input.OperationType === 'add' ? flat : []),
      ...entriesOf(input.CreateVolumePermission?.Add),
    ];
    const remove = [
      ...(input.OperationType === 'remove' ? flat : []),
      ...entriesOf(input.CreateVolumePermission?.Remove),
    ];
    if (add.length === 0 && remove.length === 0) throw missingParameter('CreateVolumePermission');
    for (const entry of add) checkSharable(call, snapshot, entry);
    for (const entry of add) snapshot.permissions.add(entry);
    for (const entry of remove) snapshot.permissions.delete(entry);
    return {};
  },
});

const entriesOf = (list: readonly client.CreateVolumePermission[] | undefined): string[] =>
  (list ?? []).map(({ UserId, Group }) => UserId ?? Group ?? '');

/** Source of the message: users' reports (hashicorp/packer#7499). */
function checkSharable(call: Call, snapshot: Snapshot, entry: string): void {
  if (entry !== 'all' && !/^\d{12}$/.test(entry))
    throw invalidValue(`Invalid attribute item value "${entry}"`);
  if (snapshot.encrypted && isDefaultKey(call, snapshot.kmsKeyId))
    throw new AwsError(
      'OperationNotPermitted',
      'Encrypted snapshots with EBS default key cannot be shared',
    );
  if (snapshot.encrypted && entry === 'all')
    throw new AwsError('OperationNotPermitted', 'Encrypted snapshots cannot be shared publicly');
  if (snapshot.permissions.size >= accountsPerSnapshotMax)
    throw new AwsError(
      'ResourceLimitExceeded',
      `a snapshot can be shared with at most ${accountsPerSnapshotMax} accounts`,
    );
}
