import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { clientOptions } from './client-options.ts';
import { orExpected } from './error-codes.ts';

/** Executions of Standard state machines. */
export interface Executions {
  /**
   * Starts an execution once per name. `exists`: there is one of that name, or was within the last 90 days. While one of that
   * name runs, the same input again counts as `started` (Step Functions API Reference, StartExecution).
   *
   * @param execution.input becomes JSON in the order of its members, and has to be the same for a repetition
   */
  start(execution: {
    machineArn: string;
    name: string;
    input: object;
  }): Promise<'started' | 'exists'>;
  /**
   * One that is missing does not run. DescribeExecution is eventually consistent, so nobody is to ask about an execution that
   * has not yet shown by an act of its own that it began.
   */
  isRunning(executionArn: string): Promise<boolean>;
}

export const sfnClientIn = (region: string): SFNClient => new SFNClient(clientOptions(region));

export const makeExecutions = (client: SFNClient): Executions => ({
  start: async ({ machineArn, name, input }) => {
    const command = new StartExecutionCommand({
      stateMachineArn: machineArn,
      name,
      input: JSON.stringify(input),
    });
    const started = client.send(command).then(() => 'started' as const);
    return orExpected(started, { ExecutionAlreadyExists: 'exists' as const });
  },

  isRunning: async (executionArn) => {
    const description = await orExpected(
      client.send(new DescribeExecutionCommand({ executionArn })),
      { ExecutionDoesNotExist: undefined },
    );
    return description?.status === 'RUNNING';
  },
});
