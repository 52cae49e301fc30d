import * as v from 'valibot';
import { parseWith, text } from './parse.ts';

const sqsEventSchema = v.object({
  Records: v.pipe(
    v.array(v.object({ messageId: text(100), body: text(1_048_576) })),
    v.maxLength(10_000),
  ),
});

export interface QueueMessage {
  messageId: string;
  body: string;
}

/**
 * Reads what Lambda's event source mapping hands over.
 *
 * @throws PayloadError
 */
export const parseSqsEvent = (event: unknown): readonly QueueMessage[] =>
  parseWith(sqsEventSchema, event, 'SQS event').Records;
