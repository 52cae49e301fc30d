import type * as client from '@aws-sdk/client-s3';
import * as v from 'valibot';
import {
  booleanProperty,
  integerProperty,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';

const dateProperty = v.pipe(
  v.string(),
  v.transform((text) => new Date(text)),
  v.check((date) => !Number.isNaN(date.getTime()), 'not a date'),
);

const ruleProperties = v.strictObject({
  Id: v.optional(textProperty),
  Status: v.picklist(['Enabled', 'Disabled']),
  Prefix: v.optional(v.string()),
  TagFilters: v.optional(tagsProperty),
  ObjectSizeGreaterThan: v.optional(integerProperty),
  ObjectSizeLessThan: v.optional(integerProperty),
  ExpirationInDays: v.optional(integerProperty),
  ExpirationDate: v.optional(dateProperty),
  ExpiredObjectDeleteMarker: v.optional(booleanProperty),
  NoncurrentVersionExpirationInDays: v.optional(integerProperty),
  NoncurrentVersionExpiration: v.optional(
    v.strictObject({
      NoncurrentDays: integerProperty,
      NewerNoncurrentVersions: v.optional(integerProperty),
    }),
  ),
  AbortIncompleteMultipartUpload: v.optional(
    v.strictObject({ DaysAfterInitiation: integerProperty }),
  ),
});

type RuleProperties = v.InferOutput<typeof ruleProperties>;

/** `LifecycleConfiguration` of a bucket, whose rules are flatter than those of the operation. */
export const lifecycleProperty = v.pipe(
  v.strictObject({ Rules: v.array(ruleProperties) }),
  v.transform(({ Rules }): client.LifecycleRule[] => Rules.map(toRule)),
);

function toRule(rule: RuleProperties): client.LifecycleRule {
  const noncurrentDays = rule.NoncurrentVersionExpirationInDays;
  const noncurrent =
    rule.NoncurrentVersionExpiration ??
    (noncurrentDays === undefined ? undefined : { NoncurrentDays: noncurrentDays });
  const expiration = {
    Days: rule.ExpirationInDays,
    Date: rule.ExpirationDate,
    ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
  };
  const expires = Object.values(expiration).some((value) => value !== undefined);
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: filterOf(rule),
    ...(expires ? { Expiration: expiration } : {}),
    ...(noncurrent ? { NoncurrentVersionExpiration: noncurrent } : {}),
    ...(rule.AbortIncompleteMultipartUpload
      ? { AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload }
      : {}),
  };
}

/** One criterion stands alone, several stand in `And`. */
function filterOf(rule: RuleProperties): client.LifecycleRuleFilter {
  const { Prefix, TagFilters = [], ObjectSizeGreaterThan, ObjectSizeLessThan } = rule;
  const sizes = { ObjectSizeGreaterThan, ObjectSizeLessThan };
  const bare = TagFilters.length === 0 && Object.values(sizes).every((size) => size === undefined);
  return bare ? { Prefix: Prefix ?? '' } : { And: { Prefix, Tags: TagFilters, ...sizes } };
}
