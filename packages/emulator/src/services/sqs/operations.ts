import * as client from '@aws-sdk/client-sqs';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './move-tasks.ts';
import {
  createQueue,
  deleteQueue,
  getQueueAttributes,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  purgeQueue,
  setQueueAttributes,
} from './queue-operations.ts';
import { listQueueTags, tagQueue, untagQueue } from './queue-tags.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from './receipt-operations.ts';
import { receiveMessage } from './receive-message.ts';
import { queuePolicyResource, queueResource } from './resources.ts';
import { sendMessage, sendMessageBatch } from './send-message.ts';
import constraints from './constraints.json' with { type: 'json' };
import { refuseInput } from './refuse-input.ts';

export const sqs: ServiceDefinition = {
  name: 'sqs',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'InvalidParameterValue',
  refuseInput,
  resources: [queueResource, queuePolicyResource],
  operations: {
    CancelMessageMoveTask: cancelMessageMoveTask,
    ChangeMessageVisibility: changeMessageVisibility,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    CreateQueue: createQueue,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    DeleteQueue: deleteQueue,
    GetQueueAttributes: getQueueAttributes,
    GetQueueUrl: getQueueUrl,
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
    ListMessageMoveTasks: listMessageMoveTasks,
    ListQueueTags: listQueueTags,
    ListQueues: listQueues,
    PurgeQueue: purgeQueue,
    ReceiveMessage: receiveMessage,
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
    SetQueueAttributes: setQueueAttributes,
    StartMessageMoveTask: startMessageMoveTask,
    TagQueue: tagQueue,
    UntagQueue: untagQueue,
  },
};
