import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { functionRuns } from '@golden/emulator/services/lambda/function-runs.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import { examplePayload } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

/** The handlers of the product, by the names of their folders. */
export const handlerNames = [
  'acquire-line',
  'fan-out',
  'finish-rollout',
  'gate-wave',
  'judge-wave',
  'list-targets',
  'plan-rollout',
  'reach-account',
  'revoke-image',
  'start-build',
  'steer-target',
  'workload',
] as const;
export type HandlerName = (typeof handlerNames)[number];

/** Where a handler was deployed. */
interface Deployed {
  readonly functionName: string;
  readonly account: string;
  readonly region: string;
  /** What it was given while images went their way, JSON texts, each once. */
  readonly events: readonly string[];
}

export interface Recording {
  readonly stage: RolloutStage;
  /** How often a function has run, whoever asked for it. */
  readonly runCount: (functionName: string) => number;
  readonly handlers: ReadonlyMap<HandlerName, Deployed>;
  /** Inputs of the rollout machine's executions. */
  readonly executionInputs: readonly string[];
}

const eventsMax = 60;

/**
 * Deploys the product into an organization of its own and lets three images go their way: the first arrives, an alarm takes the
 * second back late, the third is on its way when this returns, so that every handler finds rows to work on. The same each time.
 */
export async function openRecordingStage(): Promise<Recording> {
  const stage = await RolloutStage.open({
    otherRegions: [],
    settings: { duplicateShare: 0 },
    units: [{ name: 'workloads', accounts: [{ name: 'workload-1' }] }],
  });
  const { fleet } = stage;
  const { world } = fleet;
  const runs = new Map<HandlerName, { place: Omit<Deployed, 'events'>; events: Set<string> }>();
  const runCounts = new Map<string, number>();
  functionRuns.follow(world.scope('-', '-', 'lambda'), ({ account, region }, run) => {
    runCounts.set(run.functionName, (runCounts.get(run.functionName) ?? 0) + 1);
    const name = handlerOf(run.functionName);
    if (name === undefined || isOver) return;
    const known = runs.get(name) ?? {
      place: { functionName: run.functionName, account, region },
      events: new Set<string>(),
    };
    runs.set(name, known);
    if (known.events.size < eventsMax) known.events.add(run.event);
  });
  let isOver = false;
  await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0' });
  const place = fleet.place('workload-1');
  await fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
  await fleet.infra.confirmNotices();
  await stage.ship('harden.sh');
  await stage.ship('harden.sh', `${examplePayload('harden.sh')}# once more\n`);
  await raiseAlarm(fleet, place);
  await world.scheduler.runFor(hour / 4);
  const third = await stage.publish('harden.sh', `${examplePayload('harden.sh')}# a third time\n`);
  await stage.until(async () => {
    const view = await stage.rollout(third);
    return (
      view?.targets.some(({ groups }) => groups.some(({ state }) => state === 'moving')) === true
    );
  }, 4 * hour);
  isOver = true;
  return {
    stage,
    runCount: (functionName) => runCounts.get(functionName) ?? 0,
    handlers: new Map(
      handlerNames.map((name) => {
        const run = runs.get(name);
        if (!run) throw new Error(`${name} did not run while events were recorded`);
        return [name, { ...run.place, events: [...run.events] }];
      }),
    ),
    executionInputs: await executionInputs(stage),
  };
}

const camelCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const handlerOf = (functionName: string): HandlerName | undefined =>
  handlerNames.find((name) =>
    name === 'workload'
      ? functionName.endsWith('-handler')
      : functionName.includes(`${camelCase(name)}Handler`),
  );

async function executionInputs(stage: RolloutStage): Promise<string[]> {
  const { infra } = stage.fleet;
  const client = infra.client(SFNClient);
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn: infra.outputs['RolloutMachineArn'] }),
  );
  const inputs: string[] = [];
  for (const { executionArn } of executions) {
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1, includeExecutionData: true }),
    );
    const input = events[0]?.executionStartedEventDetails?.input;
    if (input !== undefined) inputs.push(input);
  }
  return inputs;
}
