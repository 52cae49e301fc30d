import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import type { Message, MessageAttribute } from './message.ts';
import type { Subscription, Topic } from './state.ts';

/** What a notification says, whatever form it takes. */
export interface Notification {
  readonly topic: Topic;
  readonly subscription: Subscription;
  readonly message: Message;
}

const attributeText = ({ value }: MessageAttribute): string =>
  typeof value === 'string' ? value : Buffer.from(value).toString('base64');

const attributesOf = ({ message }: Notification): Record<string, { Type: string; Value: string }> =>
  Object.fromEntries(
    [...message.sentAttributes].map(([name, attribute]) => [
      name,
      { Type: attribute.dataType, Value: attributeText(attribute) },
    ]),
  );

const unsubscribeUrl = ({ topic, subscription }: Notification): string =>
  `https://sns.${topic.region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`;

const certificateUrl = ({ topic }: Notification): string =>
  `https://sns.${topic.region}.amazonaws.com/SimpleNotificationService-${'0'.repeat(32)}.pem`;

/** The signature has the form of one and verifies nothing. */
const signature = Buffer.from('not a signature').toString('base64');

/**
 * The event that a function gets.
 *
 * Source: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications".
 */
export function lambdaEvent(notification: Notification): string {
  const { topic, subscription, message } = notification;
  return JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: message.id,
          TopicArn: topic.arn,
          Subject: message.subject ?? null,
          Message: message.textFor('lambda'),
          Timestamp: message.publishedAt,
          SignatureVersion: topic.signatureVersion ?? '1',
          Signature: signature,
          SigningCertUrl: certificateUrl(notification),
          UnsubscribeUrl: unsubscribeUrl(notification),
          MessageAttributes: attributesOf(notification),
        },
      },
    ],
  });
}

/** The JSON that queues get without raw message delivery (SNS Developer Guide, "HTTP/HTTPS notification JSON format"). */
function envelope(notification: Notification): string {
  const { topic, subscription, message } = notification;
  return JSON.stringify({
    Type: 'Notification',
    MessageId: message.id,
    TopicArn: topic.arn,
    Subject: message.subject,
    Message: message.textFor(subscription.protocol),
    Timestamp: message.publishedAt,
    SignatureVersion: topic.signatureVersion ?? '1',
    Signature: signature,
    SigningCertURL: certificateUrl(notification),
    UnsubscribeURL: unsubscribeUrl(notification),
    MessageAttributes: message.sentAttributes.size === 0 ? undefined : attributesOf(notification),
  });
}

/** The message to a queue, be it the endpoint or the dead-letter queue. */
export function queueMessage(notification: Notification, queueArn: string): SendMessageCommand {
  const { subscription, message } = notification;
  const place = placeOfArn(queueArn);
  const QueueUrl = place && queueUrl(place);
  if (!subscription.rawMessageDelivery)
    return new SendMessageCommand({ QueueUrl, MessageBody: envelope(notification) });
  return new SendMessageCommand({
    QueueUrl,
    MessageBody: message.textFor(subscription.protocol),
    MessageAttributes: Object.fromEntries(
      [...message.sentAttributes].map(([name, { dataType, value }]) => [
        name,
        {
          DataType: dataType,
          ...(typeof value === 'string' ? { StringValue: value } : { BinaryValue: value }),
        },
      ]),
    ),
  });
}
