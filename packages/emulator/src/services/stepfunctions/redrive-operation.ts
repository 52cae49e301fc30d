import type * as client from '@aws-sdk/client-sfn';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { redriveRun } from './engine/start-run.ts';
import { executionCheck, requireExecution } from './execution-lookup.ts';
import { stepFunctionsState, type Execution } from './state.ts';

/** Step Functions Developer Guide, "Redrive eligibility for executions". */
const redriveableMs = 14 * 24 * 3_600_000;
const historyEventsMax = 24_999;
/** Step Functions API Reference, RedriveExecution, clientToken. */
const tokenMs = 15 * 60_000;

type RedriveStatus = Pick<client.DescribeExecutionOutput, 'redriveStatus' | 'redriveStatusReason'>;

/** Source: API reference, DescribeExecution, redriveStatus. */
export function redriveStatus(call: Call, execution: Execution): RedriveStatus {
  if (execution.mapRunArn !== undefined && execution.status !== 'SUCCEEDED')
    return { redriveStatus: 'REDRIVABLE_BY_MAP_RUN' };
  const why = obstacle(call, execution);
  return why === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: why };
}

function obstacle(call: Call, execution: Execution): string | undefined {
  const { status, stoppedAt = call.now, history } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED')
    return `Execution is ${status} and cannot be redriven`;
  if (call.now - stoppedAt > redriveableMs)
    return 'Execution has exceeded the redrivable period of 14 days and cannot be redriven';
  if (history.length >= historyEventsMax)
    return `Execution has reached the maximum number of ${historyEventsMax} history events and cannot be redriven`;
  if (stepFunctionsState.in(call).machines.get(execution.machine.arn)?.status !== 'ACTIVE')
    return 'The state machine of the execution is deleted and the execution cannot be redriven';
  return undefined;
}

export const redriveExecution = operation<
  client.RedriveExecutionCommandInput,
  Partial<client.RedriveExecutionCommandOutput>
>({
  authorize: executionCheck('RedriveExecution'),
  run({ executionArn, clientToken }, call) {
    const execution = requireExecution(call, executionArn);
    const { redrives, stoodAt } = execution;
    if (redrives?.clientToken === clientToken && redrives && call.now - redrives.at < tokenMs)
      return { redriveDate: new Date(redrives.at) };
    const { redriveStatus: can, redriveStatusReason } = redriveStatus(call, execution);
    if (can !== 'REDRIVABLE' || stoodAt === undefined)
      throw new AwsError(
        'ExecutionNotRedrivable',
        `Execution Not Redrivable: '${executionArn ?? ''}', ${redriveStatusReason ?? 'it is a child of a map run'}`,
      );
    if (stoodAt.state.Type === 'Map')
      throw new AwsError(
        'NotImplemented',
        `states:RedriveExecution of ${executionArn ?? ''}, which ended in the map ${stoodAt.state.Name}, is not modelled by this emulator`,
        { status: 501 },
      );
    execution.redrives = { count: (redrives?.count ?? 0) + 1, at: call.now, clientToken };
    redriveRun(call, execution, stoodAt);
    return { redriveDate: call.date };
  },
});
