import type * as client from '@aws-sdk/client-s3';
import { bucketCheck, findBucket, s3Operation } from './access.ts';
import { invalidArgument, malformedXml, noSuchSetting, notModelled } from './errors.ts';
import { armLifecycle } from './lifecycle-sweep.ts';

const rulesMax = 1000; // S3 User Guide, "Managing the lifecycle of objects": up to 1,000 rules
const idLengthMax = 255;

export const putBucketLifecycleConfiguration = s3Operation<
  client.PutBucketLifecycleConfigurationCommandInput,
  Partial<client.PutBucketLifecycleConfigurationCommandOutput>
>(['LifecycleConfiguration', 'ChecksumAlgorithm'], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutLifecycleConfiguration'),
  run(input, call) {
    const rules = input.LifecycleConfiguration?.Rules ?? [];
    if (rules.length === 0 || rules.length > rulesMax)
      throw malformedXml(`1 to ${rulesMax} rules, not ${rules.length}`);
    const named = rules.map((rule) => ({ ...rule, ID: rule.ID ?? call.uuid('lifecycle-rule') }));
    for (const rule of named) checkRule(rule);
    if (new Set(named.map(({ ID }) => ID)).size < named.length)
      throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
    const bucket = findBucket(call, input.Bucket);
    bucket.lifecycle = named;
    armLifecycle(call.world, bucket);
    return {};
  },
});

/** @throws AwsError for what S3 refuses and for what is not modelled */
function checkRule(rule: client.LifecycleRule): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- S3 still takes the old form of a filter
  const { ID, Status, Filter, Prefix, Expiration, ...actions } = rule;
  const { NoncurrentVersionExpiration, AbortIncompleteMultipartUpload, ...rest } = actions;
  const [strange] = Object.entries(rest).filter(([, value]) => (value ?? []).length > 0);
  if (strange) throw notModelled(`${strange[0]} of a lifecycle rule`);
  if (Status !== 'Enabled' && Status !== 'Disabled')
    throw malformedXml('Status must be Enabled or Disabled');
  if ((ID ?? '').length > idLengthMax)
    throw invalidArgument('ID length should not exceed allowed limit of 255');
  if (Filter === undefined && Prefix === undefined)
    throw malformedXml('a rule has a filter or a prefix');
  if (!Expiration && !NoncurrentVersionExpiration && !AbortIncompleteMultipartUpload)
    throw malformedXml('at least one action needs to be specified in a rule');
  if (Expiration) checkExpiration(Expiration);
  requirePositive('NoncurrentDays', NoncurrentVersionExpiration?.NoncurrentDays);
  requirePositive('DaysAfterInitiation', AbortIncompleteMultipartUpload?.DaysAfterInitiation);
  if (AbortIncompleteMultipartUpload && hasTags(Filter))
    throw malformedXml('AbortIncompleteMultipartUpload cannot be specified with tags');
}

const hasTags = (filter: client.LifecycleRuleFilter | undefined): boolean =>
  filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0;

function checkExpiration({
  Days,
  Date: date,
  ExpiredObjectDeleteMarker,
}: client.LifecycleExpiration): void {
  const given = [Days, date, ExpiredObjectDeleteMarker].filter((value) => value !== undefined);
  if (given.length !== 1)
    throw malformedXml('an expiration has Days, Date or ExpiredObjectDeleteMarker');
  requirePositive('Days', Days);
  if (date !== undefined && date.getTime() % (24 * 3600 * 1000) !== 0)
    throw invalidArgument("'Date' must be at midnight GMT");
}

function requirePositive(name: string, days: number | undefined): void {
  if (days !== undefined && (!Number.isInteger(days) || days < 1))
    throw invalidArgument(`'${name}' must be a positive integer, not ${days}`);
}

export const getBucketLifecycleConfiguration = s3Operation<
  client.GetBucketLifecycleConfigurationCommandInput,
  Partial<client.GetBucketLifecycleConfigurationCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetLifecycleConfiguration'),
  run(input, call) {
    const { lifecycle } = findBucket(call, input.Bucket);
    if (lifecycle.length === 0)
      throw noSuchSetting('NoSuchLifecycleConfiguration', 'lifecycle configuration');
    return { Rules: [...lifecycle] };
  },
});

export const deleteBucketLifecycle = s3Operation<client.DeleteBucketLifecycleCommandInput, object>(
  [],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutLifecycleConfiguration'),
    run(input, call) {
      findBucket(call, input.Bucket).lifecycle = [];
      return {};
    },
  },
);
