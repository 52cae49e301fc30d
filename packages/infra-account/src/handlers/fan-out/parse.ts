import * as v from 'valibot';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseImageMessage, parseImageStateChange } from '@golden/shared/payload/image-report.ts';
import type { ImageReport } from '@golden/shared/payload/image-report.ts';

/** What one event holds: a report, or why it holds none. */
export type Incoming = { kind: 'report'; report: ImageReport } | { kind: 'ignored'; why: string };

const snsEventSchema = v.object({
  Records: v.pipe(
    v.array(
      v.object({
        EventSource: v.literal('aws:sns'),
        Sns: v.object({ Message: v.pipe(v.string(), v.maxLength(1_048_576)) }),
      }),
    ),
    v.minLength(1),
    v.maxLength(100),
  ),
});

/**
 * Reads the two kinds of events that reach this handler: Image Builder's SNS messages and the EventBridge
 * event of a cancelled build. Anybody in the account may publish nonsense, and no retry makes sense of it: so
 * it is ignored with a reason. A message that names our pipeline is no nonsense: if it cannot be read, an outcome
 * would be lost, and it has to end where an alarm sees it.
 *
 * @throws PayloadError for an unreadable message of our pipeline
 */
export const parseFanOutEvent = (event: unknown, pipelineArn: string): readonly Incoming[] => {
  if (v.is(snsEventSchema, event)) {
    return event.Records.map(({ Sns }) => {
      const isOurs = Sns.Message.includes(pipelineArn);
      return incoming(() => parseImageMessage(Sns.Message), isOurs);
    });
  }
  return [incoming(() => parseImageStateChange(event), false)];
};

const incoming = (parse: () => ImageReport, isOurs: boolean): Incoming => {
  try {
    return { kind: 'report', report: parse() };
  } catch (error) {
    if (error instanceof PayloadError && !isOurs) return { kind: 'ignored', why: error.message };
    throw error;
  }
};
