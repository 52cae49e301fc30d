import * as client from '@aws-sdk/client-eventbridge';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import {
  createEventBus,
  deleteEventBus,
  describeEventBus,
  listEventBuses,
  updateEventBus,
} from './bus-operations.ts';
import { putPermission, removePermission } from './bus-policy.ts';
import { eventBusPolicyResource, eventBusResource } from './bus-resources.ts';
import { eventIntake } from './publish.ts';
import { putEvents } from './put-events.ts';
import { routeEvent } from './route.ts';
import {
  deleteRule,
  describeRule,
  disableRule,
  enableRule,
  listRuleNamesByTarget,
  listRules,
  putRule,
  testEventPattern,
} from './rule-operations.ts';
import { ruleResource } from './rule-resource.ts';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.ts';
import { listTargetsByRule, putTargets, removeTargets } from './target-operations.ts';
import constraints from './constraints.json' with { type: 'json' };

export const events: ServiceDefinition = {
  name: 'events',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  resources: [eventBusResource, eventBusPolicyResource, ruleResource],
  start: (root) => {
    eventIntake.in(root).receive = routeEvent;
  },
  operations: {
    CreateEventBus: createEventBus,
    DeleteEventBus: deleteEventBus,
    DeleteRule: deleteRule,
    DescribeEventBus: describeEventBus,
    DescribeRule: describeRule,
    DisableRule: disableRule,
    EnableRule: enableRule,
    ListEventBuses: listEventBuses,
    ListRuleNamesByTarget: listRuleNamesByTarget,
    ListRules: listRules,
    ListTagsForResource: listTagsForResource,
    ListTargetsByRule: listTargetsByRule,
    PutEvents: putEvents,
    PutPermission: putPermission,
    PutRule: putRule,
    PutTargets: putTargets,
    RemovePermission: removePermission,
    RemoveTargets: removeTargets,
    TagResource: tagResource,
    TestEventPattern: testEventPattern,
    UntagResource: untagResource,
    UpdateEventBus: updateEventBus,
  },
};
