import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { text } from '../events/resource-properties.ts';

/** Properties that are attributes, with what an update sets when a property goes away. */
const attributeDefaults: Readonly<Record<string, string>> = {
  FilterPolicyScope: 'MessageAttributes',
  FilterPolicy: '{}',
  RawMessageDelivery: 'false',
  RedrivePolicy: '',
};

const attributesOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    Object.keys(attributeDefaults).flatMap((name) => {
      const value = text(properties[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );

export const subscriptionResource: ResourceProvider = {
  type: 'AWS::SNS::Subscription',
  properties: [...Object.keys(attributeDefaults), 'Endpoint', 'Protocol', 'TopicArn'],
  required: ['Protocol', 'TopicArn'],
  createOnly: ['Endpoint', 'Protocol', 'TopicArn'],
  attributes: ['Arn'],
  async create(properties, deployment) {
    const { SubscriptionArn = '' } = await deployment.call(
      new SubscribeCommand({
        TopicArn: text(properties['TopicArn']),
        Protocol: text(properties['Protocol']),
        Endpoint: text(properties['Endpoint']),
        Attributes: attributesOf(properties),
        ReturnSubscriptionArn: true,
      }),
    );
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const [wanted, before] = [attributesOf(properties), attributesOf(previous)];
    const set = async (AttributeName: string, AttributeValue: string): Promise<void> => {
      await deployment.call(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: physicalId,
          AttributeName,
          AttributeValue,
        }),
      );
    };
    const isChanged = (name: string): boolean =>
      (wanted[name] ?? attributeDefaults[name]) !== (before[name] ?? attributeDefaults[name]);
    // A filter policy need not fit the other scope: it goes first and comes last.
    const changesScope = isChanged('FilterPolicyScope');
    if (changesScope) await set('FilterPolicy', '{}');
    for (const [name, standard] of Object.entries(attributeDefaults))
      if (isChanged(name) || (changesScope && name === 'FilterPolicy'))
        await set(name, wanted[name] ?? standard);
    return { physicalId, attributes: { Arn: physicalId } };
  },
  async delete(physicalId, deployment) {
    try {
      const { Attributes = {} } = await deployment.call(
        new GetSubscriptionAttributesCommand({ SubscriptionArn: physicalId }),
      );
      // A pending subscription cannot be deleted; it expires.
      if (Attributes['PendingConfirmation'] === 'true') return;
      await deployment.call(new UnsubscribeCommand({ SubscriptionArn: physicalId }));
    } catch (error) {
      if (!isAwsError(error, 'NotFound')) throw error;
    }
  },
};
