import { operationDemand, type OperationRate } from '../../world/operation-rates.ts';
import type { Throttle } from '../../world/throttle.ts';

// Source of all figures: Step Functions Developer Guide, "Service quotas", quotas related to API action throttling.

const everywhere: Readonly<Record<string, OperationRate>> = {
  CreateStateMachine: [100, 1],
  DeleteStateMachine: [100, 1],
  DescribeExecution: [250, 10],
  DescribeMapRun: [200, 1],
  DescribeStateMachine: [200, 20],
  DescribeStateMachineForExecution: [200, 1],
  GetExecutionHistory: [400, 20],
  ListExecutions: [100, 2],
  ListMapRuns: [100, 1],
  ListStateMachines: [100, 5],
  ListTagsForResource: [100, 1],
  StartExecution: [800, 150],
  StopExecution: [500, 25],
  TagResource: [200, 1],
  UntagResource: [200, 1],
  UpdateMapRun: [100, 1],
  UpdateStateMachine: [100, 1],
};

const largeRegions: ReadonlySet<string> = new Set(['eu-west-1', 'us-east-1', 'us-west-2']);
const inLargeRegions: Readonly<Record<string, OperationRate>> = {
  ...everywhere,
  DescribeExecution: [300, 15],
  ListExecutions: [200, 5],
  StartExecution: [1_300, 300],
  StopExecution: [1_000, 200],
};

export const stepFunctionsThrottle: Throttle = {
  demandsOf: (operation, _, region) =>
    operationDemand(largeRegions.has(region) ? inLargeRegions : everywhere, operation),
  error: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
};
