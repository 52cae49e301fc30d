import type * as client from '@aws-sdk/client-sfn';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import type { Json } from './asl/definition.ts';
import { startRun } from './engine/start-run.ts';
import { stopExecution as stop } from './engine/stop-execution.ts';
import { isTooLarge, payloadBytesMax, type Value } from './engine/value.ts';
import {
  executionCheck,
  executionDoesNotExist,
  findExecution,
  keptExecutions,
  requireExecution,
} from './execution-lookup.ts';
import {
  machineCheck,
  pageMax,
  pageSizeOf,
  requireMachine,
  requireName,
  validation,
} from './machine-lookup.ts';
import { initialRevision, settingsOf } from './machine-operations.ts';
import { redriveStatus } from './redrive-operation.ts';
import { requireMapRun } from './map-run/require-map-run.ts';
import { revisionOf, type Execution, type StateMachine } from './state.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

const staleMs = 1_000;
export const startExecution = operation<
  client.StartExecutionCommandInput,
  Partial<client.StartExecutionCommandOutput>
>({
  authorize: (input, call) => machineCheck(call, 'StartExecution', input.stateMachineArn),
  run(input, call) {
    refuseUnmodelled(input, ['traceHeader'], 'ValidationException');
    const machine = requireMachine(call, input.stateMachineArn);
    if (machine.status === 'DELETING')
      throw new AwsError('StateMachineDeleting', `State Machine Deleting: '${machine.arn}'`);
    const name = input.name ?? call.uuid('execution');
    requireName(name);
    const value = readInput(input.input ?? '{}');
    const arn = call.arn(`execution:${machine.name}:${name}`);
    const existing = findExecution(call, arn);
    if (existing) return repeat(existing, value.text);
    const execution: Execution = {
      arn,
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      account: call.account,
      region: call.region,
      ...servingRevision(call, machine),
      input: value.text,
      startedAt: call.now,
      status: 'RUNNING',
      history: [],
    };
    startRun(call, execution, { input: value });
    return { executionArn: arn, startDate: call.date };
  },
});

/** Source: API reference, UpdateStateMachine: for a few seconds executions may get what was before. */
function servingRevision(
  call: Call,
  machine: StateMachine,
): Pick<Execution, 'definition' | 'roleArn' | 'machine'> {
  const { superseded } = machine;
  if (
    superseded &&
    call.now < superseded.until &&
    call.chance('superseded') < call.world.settings.staleReadShare
  )
    return {
      definition: superseded.definition,
      roleArn: superseded.roleArn,
      machine: superseded.revision,
    };
  return {
    definition: machine.definition,
    roleArn: machine.roleArn,
    machine: revisionOf(machine),
  };
}

function readInput(text: string): Value {
  if (isTooLarge(text))
    throw validation(
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${payloadBytesMax}`,
    );
  try {
    return { json: parseShallowJson(text) as Json, text };
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${error instanceof Error ? error.message : ''}'`,
    );
  }
}

/** Source: API reference, StartExecution: idempotent while the execution runs and the input is the same. */
function repeat(existing: Execution, input: string): Partial<client.StartExecutionCommandOutput> {
  if (existing.status !== 'RUNNING' || existing.input !== input)
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
  return { executionArn: existing.arn, startDate: new Date(existing.startedAt) };
}

export const stopExecution = operation<
  client.StopExecutionCommandInput,
  Partial<client.StopExecutionCommandOutput>
>({
  authorize: executionCheck('StopExecution'),
  run(input, call) {
    const { error, cause } = input;
    const execution = requireExecution(call, input.executionArn);
    stop(call, execution, { error, cause });
    return { stopDate: new Date(execution.stoppedAt ?? call.now) };
  },
});

/**
 * Source: API reference, DescribeExecution and ListExecutions: eventually consistent, so that neither a beginning nor an end
 * need show at once. AWS states no figure.
 */
function asSeen(call: Call, execution: Execution): Execution | undefined {
  const { startedAt, stoppedAt, output, error, cause, ...running } = execution;
  const isStale = (at: number): boolean =>
    call.now < at + staleMs && call.chance('stale-read') < call.world.settings.staleReadShare;
  if (isStale(startedAt)) return undefined;
  return stoppedAt !== undefined && isStale(stoppedAt)
    ? { ...running, startedAt, status: 'RUNNING' }
    : execution;
}

export const describeExecution = operation<
  client.DescribeExecutionCommandInput,
  Partial<client.DescribeExecutionCommandOutput>
>({
  authorize: executionCheck('DescribeExecution'),
  run(input, call) {
    if (input.includedData === 'METADATA_ONLY')
      throw validation('includedData METADATA_ONLY is not modelled by this emulator');
    const execution = asSeen(call, requireExecution(call, input.executionArn));
    if (!execution) throw executionDoesNotExist(input.executionArn);
    const { output, error, cause } = execution;
    return {
      ...summaryOf(execution),
      input: execution.input,
      inputDetails: { included: true },
      ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      ...redriveStatus(call, execution),
    };
  },
});

const summaryOf = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: new Date(execution.startedAt),
  ...(execution.stoppedAt === undefined ? {} : { stopDate: new Date(execution.stoppedAt) }),
  ...(execution.mapRunArn === undefined ? {} : { mapRunArn: execution.mapRunArn }),
  redriveCount: execution.redrives?.count ?? 0,
  ...(execution.redrives ? { redriveDate: new Date(execution.redrives.at) } : {}),
});

export const listExecutions = operation<
  client.ListExecutionsCommandInput,
  Partial<client.ListExecutionsCommandOutput>
>({
  authorize: (input, call) =>
    input.mapRunArn === undefined
      ? machineCheck(call, 'ListExecutions', input.stateMachineArn)
      : { action: 'states:ListExecutions', resource: input.mapRunArn },
  run(input, call) {
    const { stateMachineArn, mapRunArn, statusFilter } = input;
    refuseUnmodelled(input, ['redriveFilter'], 'ValidationException');
    if ((stateMachineArn === undefined) === (mapRunArn === undefined))
      throw validation('Exactly one of stateMachineArn and mapRunArn must be given');
    if (stateMachineArn !== undefined) requireMachine(call, stateMachineArn);
    if (mapRunArn !== undefined) requireMapRun(call, mapRunArn);
    const found = [...keptExecutions(call)]
      .filter((execution) =>
        mapRunArn === undefined
          ? execution.machineArn === stateMachineArn
          : execution.mapRunArn === mapRunArn,
      )
      .flatMap((execution) => asSeen(call, execution) ?? [])
      .filter(({ status }) => statusFilter === undefined || status === statusFilter);
    const page = paginate(call, found, {
      // The newest comes first.
      keyOf: ({ startedAt, arn }) => `${numericKey(Number.MAX_SAFE_INTEGER - startedAt)} ${arn}`,
      token: input.nextToken,
      size: pageSizeOf(input.maxResults),
      sizeMax: pageMax,
      invalidToken: 'InvalidToken',
    });
    return { executions: page.items.map(summaryOf), nextToken: page.nextToken };
  },
});

export const getExecutionHistory = operation<
  client.GetExecutionHistoryCommandInput,
  Partial<client.GetExecutionHistoryCommandOutput>
>({
  authorize: executionCheck('GetExecutionHistory'),
  run(input, call) {
    const { history } = requireExecution(call, input.executionArn);
    const page = paginate(call, history, {
      keyOf: ({ id = 0 }) =>
        numericKey(input.reverseOrder === true ? Number.MAX_SAFE_INTEGER - id : id),
      token: input.nextToken,
      size: pageSizeOf(input.maxResults),
      sizeMax: pageMax,
      invalidToken: 'InvalidToken',
    });
    return {
      events: input.includeExecutionData === false ? page.items.map(withoutData) : [...page.items],
      nextToken: page.nextToken,
    };
  },
});

const dataMembers = ['input', 'output', 'parameters', 'assignedVariables'];

const withoutData = (event: client.HistoryEvent): client.HistoryEvent => ({
  ...event,
  ...Object.fromEntries(
    Object.entries(event).flatMap(([name, details]: [string, unknown]) =>
      name.endsWith('EventDetails') && isRecord(details)
        ? [[name, Object.fromEntries(Object.entries(details).filter(isNoData))]]
        : [],
    ),
  ),
});

const isNoData = ([member]: readonly [string, unknown]): boolean => !dataMembers.includes(member);

export const describeStateMachineForExecution = operation<
  client.DescribeStateMachineForExecutionCommandInput,
  Partial<client.DescribeStateMachineForExecutionCommandOutput>
>({
  authorize: executionCheck('DescribeStateMachineForExecution'),
  run(input, call) {
    const execution = requireExecution(call, input.executionArn);
    if (execution.mapRunArn !== undefined || input.includedData === 'METADATA_ONLY')
      throw validation(
        'child executions and METADATA_ONLY are not modelled by this emulator for DescribeStateMachineForExecution',
      );
    const { machine } = execution;
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      definition: machine.definitionText,
      roleArn: execution.roleArn,
      updateDate: new Date(machine.updatedAt),
      ...settingsOf(machine),
      ...(machine.revisionId === initialRevision ? {} : { revisionId: machine.revisionId }),
    };
  },
});
