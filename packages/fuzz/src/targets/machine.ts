import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mutatedJson } from '../cases/mutated-json.ts';
import { Finding, shown } from '../finding.ts';
import type { Target } from '../target.ts';
import { checkLogLines, sharedStage, takeLogLines } from './handlers.ts';

const hour = 3_600_000;
/** Longer than the machine lets any rollout wait for another one. */
const virtualMsMax = 200 * hour;
const stepMs = 600_000;
/** How an execution may fail: by an error of ours, or by what the engine calls input that makes no sense or is too long. */
const statedErrors = /^(GoldenError\.[a-z-]+|States\.(QueryEvaluationError|DataLimitExceeded))$/;

async function run(input: string): Promise<string> {
  const { stage } = await sharedStage.current();
  const { infra, world } = stage.fleet;
  const client = infra.client(SFNClient);
  const started = await client
    .send(new StartExecutionCommand({ stateMachineArn: infra.outputs['RolloutMachineArn'], input }))
    .catch((error: unknown) => {
      if (
        error instanceof Error &&
        ['InvalidExecutionInput', 'ValidationException'].includes(error.name)
      )
        return error.name;
      throw error;
    });
  if (typeof started === 'string') return started;
  const { executionArn } = started;
  const limit = world.scheduler.now + virtualMsMax;
  while (world.scheduler.now < limit) {
    await world.scheduler.runFor(stepMs);
    const { status, error, cause } = await client.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    if (status === 'RUNNING') continue;
    checkLogLines(takeLogLines(world));
    if (status === 'SUCCEEDED') return 'succeeded';
    if (status === 'FAILED' && error !== undefined && statedErrors.test(error))
      return `failed: ${error}`;
    throw new Finding(
      `the execution ends ${status ?? ''} with ${error ?? 'no error'}: ${shown(cause ?? '')}`,
    );
  }
  throw new Finding(`the execution runs for more than ${virtualMsMax / hour} hours`);
}

/** The rollout machine, whatever its execution is started with. */
export const machineTarget: Target = {
  name: 'rollout-machine',
  weight: 2,
  open: async () => {
    const { executionInputs } = await sharedStage.current();
    return { cases: mutatedJson(executionInputs), prepare: () => sharedStage.prepare(), run };
  },
};
