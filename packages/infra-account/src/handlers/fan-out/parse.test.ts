import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anImageArn, aPipelineArn } from '@golden/shared/model/test-builders.ts';
import { parseFanOutEvent } from './parse.ts';

const failed = JSON.stringify({ arn: anImageArn(7), state: { status: 'FAILED', reason: 'no' } });
const snsEvent = (...messages: string[]) => ({
  Records: messages.map((Message) => ({
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    Sns: { MessageId: '1', TopicArn: 'arn:aws:sns:eu-west-1:111122223333:images', Message },
  })),
});
const cancelled = {
  source: 'aws.imagebuilder',
  'detail-type': 'EC2 Image Builder Image State Change',
  resources: [anImageArn(7)],
  detail: { state: { status: 'CANCELLED' } },
};

describe('parseFanOutEvent', () => {
  it('reads each record of an SNS event for itself', () => {
    expect(parseFanOutEvent(snsEvent(failed, 'hello'), aPipelineArn)).toMatchObject([
      { kind: 'report', report: { status: 'FAILED', imageArn: anImageArn(7) } },
      { kind: 'ignored', why: 'Image Builder message is not JSON' },
    ]);
  });

  it('reads the event of a cancelled build', () => {
    expect(parseFanOutEvent(cancelled, aPipelineArn)).toMatchObject([
      { kind: 'report', report: { status: 'CANCELLED' } },
    ]);
  });

  it('says why it ignores any other event, and never throws', () => {
    const any = fc.oneof(
      fc.anything(),
      fc.string().map((text) => snsEvent(text)),
      fc.json().map((text) => snsEvent(text)),
    );
    fc.assert(
      fc.property(any, (event) => {
        for (const incoming of parseFanOutEvent(event, aPipelineArn)) {
          expect(incoming).toEqual({ kind: 'ignored', why: expect.any(String) });
        }
      }),
    );
  });
});
