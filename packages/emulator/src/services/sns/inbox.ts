import { defineState } from '../../world/state.ts';
import type { Scope } from '../../world/scope.ts';
import type { World } from '../../world/world.ts';
import type { Subscription } from './state.ts';

/** A mail that SNS sent. */
export interface Email {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** ISO 8601, virtual time. */
  readonly sentAt: string;
  readonly topicArn: string;
  /** In a mail that asks for confirmation: what `ConfirmSubscription` takes. */
  readonly confirmationToken: string | undefined;
}

/** Mailboxes stand outside of AWS: whoever has an address gets the mails of all accounts and Regions. */
const mailState = defineState('sns-mail', 'global', () => ({
  byAddress: new Map<string, Email[]>(),
}));

/** All mails to an address, oldest first. */
export const inbox = (world: World, address: string): readonly Email[] => [
  ...(mailState.in(world.scope('-', '-', 'sns')).byAddress.get(address) ?? []),
];

/** Asks the owner of an address to confirm; until then it gets nothing else. */
export function mailConfirmation(scope: Scope, subscription: Subscription): void {
  const { topicArn, token } = subscription;
  const url = `https://sns.${scope.region}.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`;
  mail(scope, subscription, {
    subject: 'AWS Notification - Subscription Confirmation',
    body: `You have chosen to subscribe to the topic ${topicArn}. To confirm, visit ${url}`,
    confirmationToken: token,
  });
}

/** Sends a notification to a confirmed address. */
export function mailNotification(
  scope: Scope,
  subscription: Subscription,
  { subject = 'AWS Notification Message', body }: { subject: string | undefined; body: string },
): void {
  mail(scope, subscription, { subject, body, confirmationToken: undefined });
}

function mail(
  scope: Scope,
  { endpoint: to, topicArn }: Subscription,
  content: Pick<Email, 'subject' | 'body' | 'confirmationToken'>,
): void {
  const { byAddress } = mailState.in(scope);
  const mails = byAddress.get(to) ?? [];
  byAddress.set(to, mails);
  mails.push({ to, topicArn, sentAt: scope.date.toISOString(), ...content });
  scope.record('email-sent', { to, subject: content.subject });
}
