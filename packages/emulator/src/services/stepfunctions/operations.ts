import * as client from '@aws-sdk/client-sfn';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import {
  describeExecution,
  describeStateMachineForExecution,
  getExecutionHistory,
  listExecutions,
  startExecution,
  stopExecution,
} from './execution-operations.ts';
import { mapRunStarter } from './engine/map-run-starter.ts';
import {
  createStateMachine,
  deleteStateMachine,
  describeStateMachine,
  listStateMachines,
  updateStateMachine,
  validateStateMachineDefinition,
} from './machine-operations.ts';
import { mapRunOperations } from './map-run-operations.ts';
import { redriveExecution } from './redrive-operation.ts';
import { startMapRun } from './map-run/start-map-run.ts';
import { stateMachineResource } from './resources.ts';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { stepFunctionsThrottle } from './request-rates.ts';

export const stepfunctions: ServiceDefinition = {
  name: 'states',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  throttle: stepFunctionsThrottle,
  resources: [stateMachineResource],
  start(root) {
    mapRunStarter.in(root).start = startMapRun;
  },
  operations: {
    CreateStateMachine: createStateMachine,
    DeleteStateMachine: deleteStateMachine,
    DescribeExecution: describeExecution,
    DescribeStateMachine: describeStateMachine,
    DescribeStateMachineForExecution: describeStateMachineForExecution,
    GetExecutionHistory: getExecutionHistory,
    ListExecutions: listExecutions,
    ListStateMachines: listStateMachines,
    ListTagsForResource: listTagsForResource,
    RedriveExecution: redriveExecution,
    StartExecution: startExecution,
    StopExecution: stopExecution,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateStateMachine: updateStateMachine,
    ValidateStateMachineDefinition: validateStateMachineDefinition,
    ...mapRunOperations,
  },
};
