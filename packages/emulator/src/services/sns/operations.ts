import * as client from '@aws-sdk/client-sns';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { publish, publishBatch } from './publish.ts';
import {
  confirmSubscription,
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from './subscription-operations.ts';
import { subscriptionResource } from './subscription-resource.ts';
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTagsForResource,
  listTopics,
  setTopicAttributes,
  tagResource,
  untagResource,
} from './topic-operations.ts';
import { topicPolicyResource, topicResource } from './topic-resources.ts';
import constraints from './constraints.json' with { type: 'json' };
import { refuseInput } from './refuse-input.ts';

export const sns: ServiceDefinition = {
  name: 'sns',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AuthorizationError', status: 403 },
  validationError: 'InvalidParameter',
  refuseInput,
  resources: [subscriptionResource, topicPolicyResource, topicResource],
  operations: {
    ConfirmSubscription: confirmSubscription,
    CreateTopic: createTopic,
    DeleteTopic: deleteTopic,
    GetSubscriptionAttributes: getSubscriptionAttributes,
    GetTopicAttributes: getTopicAttributes,
    ListSubscriptions: listSubscriptions,
    ListSubscriptionsByTopic: listSubscriptionsByTopic,
    ListTagsForResource: listTagsForResource,
    ListTopics: listTopics,
    Publish: publish,
    PublishBatch: publishBatch,
    SetSubscriptionAttributes: setSubscriptionAttributes,
    SetTopicAttributes: setTopicAttributes,
    Subscribe: subscribe,
    TagResource: tagResource,
    Unsubscribe: unsubscribe,
    UntagResource: untagResource,
  },
};
