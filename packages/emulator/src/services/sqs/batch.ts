import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';

const entriesMax = 10; // SQS API reference, SendMessageBatch, TooManyEntriesInBatchRequest
const idPattern = /^[A-Za-z0-9_-]{1,80}$/;

/** Runs the entries of a batch one by one; an entry that fails does not stop the others. */
export function runBatch<E extends { Id?: string | undefined }, R>(
  entries: readonly E[],
  run: (entry: E) => R,
): { Successful: (R & { Id: string })[]; Failed: BatchResultErrorEntry[] } {
  const Successful: (R & { Id: string })[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ ...run(entry), Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

/** @throws AwsError for a batch that is wrong as a whole */
export function requireBatch<E extends { Id?: string | undefined }>(
  entries: readonly E[] | undefined,
): readonly E[] {
  if (!entries || entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > entriesMax)
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${entriesMax}. You have sent ${entries.length}.`,
    );
  const seen = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!idPattern.test(Id))
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    if (seen.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    seen.add(Id);
  }
  return entries;
}
