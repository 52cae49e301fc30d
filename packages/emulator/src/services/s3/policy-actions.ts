import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compileWildcard } from '../../iam/wildcard.ts';

// Source of both lists: Service Authorization Reference, Amazon S3, resource types `object` and `bucket`. Actions on
// access points, jobs and accounts have no place in a bucket policy.

const objectActions = [
  'AbortMultipartUpload',
  'BypassGovernanceRetention',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjectVersion',
  'DeleteObjectVersionTagging',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectLegalHold',
  'GetObjectRetention',
  'GetObjectTagging',
  'GetObjectTorrent',
  'GetObjectVersion',
  'GetObjectVersionAcl',
  'GetObjectVersionAttributes',
  'GetObjectVersionForReplication',
  'GetObjectVersionTagging',
  'GetObjectVersionTorrent',
  'InitiateReplication',
  'ListMultipartUploadParts',
  'ObjectOwnerOverrideToBucketOwner',
  'PutObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'PutObjectVersionAcl',
  'PutObjectVersionTagging',
  'ReplicateDelete',
  'ReplicateObject',
  'ReplicateTags',
  'RestoreObject',
];

const settings = [
  'Acl',
  'CORS',
  'Logging',
  'Notification',
  'ObjectLockConfiguration',
  'OwnershipControls',
  'Policy',
  'PublicAccessBlock',
  'RequestPayment',
  'Tagging',
  'Versioning',
  'Website',
].map((name) => `Bucket${name}`);
const configurations = [
  'Accelerate',
  'Analytics',
  'Encryption',
  'IntelligentTiering',
  'Inventory',
  'Lifecycle',
  'Metrics',
  'Replication',
].map((name) => `${name}Configuration`);

const bucketActions = [
  ...[...settings, ...configurations].flatMap((name) => [`Get${name}`, `Put${name}`]),
  'CreateBucket',
  'DeleteBucket',
  'DeleteBucketPolicy',
  'DeleteBucketWebsite',
  'GetBucketLocation',
  'GetBucketPolicyStatus',
  'ListBucket',
  'ListBucketMultipartUploads',
  'ListBucketVersions',
];

const withPrefix = (names: readonly string[]): string[] =>
  names.map((name) => `s3:${name}`.toLowerCase());
const lowerObjectActions = withPrefix(objectActions);
const lowerBucketActions = withPrefix(bucketActions);

/** Whether a resource of a bucket's policy names the bucket itself, objects in it, or both. */
export interface ResourceReach {
  readonly bucket: boolean;
  readonly objects: boolean;
}

/**
 * Every action of a statement has to be one of S3 and to apply to one of the statement's resources.
 *
 * Source: messages of PutBucketPolicy: "Policy has invalid action", "Action does not apply to any resource(s) in statement".
 * @throws MalformedPolicy naming the action
 */
export function requireFittingActions(
  actions: readonly string[],
  resources: readonly ResourceReach[],
): void {
  for (const action of actions) {
    const matches = compileWildcard(action.toLowerCase());
    const onObjects = lowerObjectActions.some(matches);
    const onBucket = lowerBucketActions.some(matches);
    if (!onObjects && !onBucket) throw new MalformedPolicy(`Policy has invalid action: ${action}`);
    const fits = resources.some(
      ({ bucket, objects }) => (bucket && onBucket) || (objects && onObjects),
    );
    if (!fits)
      throw new MalformedPolicy(`Action does not apply to any resource(s) in statement: ${action}`);
  }
}
