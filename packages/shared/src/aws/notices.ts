import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { noticeMessage } from '../model/notice.ts';
import type { Notice } from '../model/notice.ts';
import type { ImageLine } from '../model/ids.ts';
import { clientOptions } from './client-options.ts';

/** The topic that people subscribe to. */
export interface Notices {
  send(notice: Notice, at: string): Promise<void>;
}

export const snsClientIn = (region: string): SNSClient => new SNSClient(clientOptions(region));

export const makeNotices = (
  sns: SNSClient,
  topic: { topicArn: string; line: ImageLine },
): Notices => ({
  send: async (notice, at) => {
    const { subject, body } = noticeMessage(notice, { line: topic.line, at });
    await sns.send(
      new PublishCommand({
        TopicArn: topic.topicArn,
        Subject: subject,
        Message: body,
        // So that a subscription can filter without reading the body.
        MessageAttributes: { code: { DataType: 'String', StringValue: notice.code } },
      }),
    );
  },
});
