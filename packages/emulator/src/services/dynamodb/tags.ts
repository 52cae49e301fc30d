import type * as client from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { findTable, invalid, tableCheck, tableName, tableOperation, tagContext } from './access.ts';
import type { Table } from './state.ts';

// DynamoDB Developer Guide, "Tagging restrictions in DynamoDB"
const tagsMax = 50;
const keyLengthMax = 128;
const valueLengthMax = 256;
const tagsOnPageMax = 10; // DynamoDB API reference, ListTagsOfResource: up to ten a page

/** @throws AwsError `ValidationException` */
export function tagMap(call: Call, tags: readonly client.Tag[]): Map<string, string> {
  const mayUseSystemTags = call.via.includes('cloudformation.amazonaws.com');
  const result = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > keyLengthMax || Value.length > valueLengthMax)
      throw invalid(`One or more parameter values were invalid: the tag ${Key} does not fit`);
    if (Key.startsWith('aws:') && !mayUseSystemTags)
      throw invalid(
        'One or more parameter values were invalid: tag keys that begin with aws: are reserved',
      );
    if (result.has(Key))
      throw invalid(`One or more parameter values were invalid: duplicate tag key ${Key}`);
    result.set(Key, Value);
  }
  requireTagCount(result);
  return result;
}

function requireTagCount(tags: ReadonlyMap<string, string>): void {
  const own = [...tags.keys()].filter((key) => !key.startsWith('aws:'));
  if (own.length > tagsMax)
    throw invalid(`One or more parameter values were invalid: Too many tags: ${own.length}`);
}

function requireTagged(scope: Scope, arn: string | undefined): Table {
  const table = findTable(scope, tableName(scope, arn));
  if (!table)
    throw new AwsError(
      'ResourceNotFoundException',
      `Requested resource not found: ResourcArn: ${arn ?? ''} not found`,
    );
  if (table.status !== 'ACTIVE')
    throw new AwsError(
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table: ${table.name} is in ${table.status} state`,
    );
  return table;
}

export const tagResource = tableOperation<client.TagResourceCommandInput, object>(
  ['ResourceArn', 'Tags'],
  {
    authorize(input, call) {
      const tags = (input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
      return tableCheck(call, input.ResourceArn, 'TagResource', {
        ...tagContext('aws:RequestTag', tags),
        'aws:TagKeys': tags.map(([key]) => key),
      });
    },
    run(input, call) {
      const table = requireTagged(call, input.ResourceArn);
      const tags = new Map([...table.tags, ...tagMap(call, input.Tags ?? [])]);
      requireTagCount(tags);
      table.tags = tags;
      return {};
    },
  },
);

export const untagResource = tableOperation<client.UntagResourceCommandInput, object>(
  ['ResourceArn', 'TagKeys'],
  {
    authorize: (input, call) =>
      tableCheck(call, input.ResourceArn, 'UntagResource', { 'aws:TagKeys': input.TagKeys }),
    run(input, call) {
      const table = requireTagged(call, input.ResourceArn);
      for (const key of input.TagKeys ?? []) table.tags.delete(key);
      return {};
    },
  },
);

export const listTagsOfResource = tableOperation<
  client.ListTagsOfResourceCommandInput,
  Partial<client.ListTagsOfResourceCommandOutput>
>(['ResourceArn', 'NextToken'], {
  authorize: (input, call) => tableCheck(call, input.ResourceArn, 'ListTagsOfResource'),
  run(input, call) {
    const page = paginate(call, requireTagged(call, input.ResourceArn).tags, {
      keyOf: ([key]) => key,
      token: input.NextToken,
      size: undefined,
      sizeMax: tagsOnPageMax,
      invalidToken: 'ValidationException',
    });
    return {
      Tags: page.items.map(([Key, Value]) => ({ Key, Value })),
      NextToken: page.nextToken,
    };
  },
});
