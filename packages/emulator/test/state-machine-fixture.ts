import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type CreateStateMachineCommandInput,
  type DescribeExecutionCommandOutput,
  type GetExecutionHistoryCommandOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { stepfunctions } from '../src/services/stepfunctions/operations.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { functionFixture, type FunctionFixture } from './function-fixture.ts';

export interface StateMachineFixture extends FunctionFixture {
  readonly sfn: SFNClient;
  /** A client of a user with these statements, which count at once. */
  readonly userClient: (statements: readonly object[]) => Promise<SFNClient>;
  /** A role that Step Functions may use, with these statements or with all rights. */
  readonly statesRole: (name?: string, statements?: readonly object[]) => Promise<string>;
  /** Makes a machine of some states; the first one begins. */
  readonly machine: (
    states: Readonly<Record<string, object>>,
    given?: Partial<CreateStateMachineCommandInput>,
  ) => Promise<string>;
  readonly start: (arn: string, input?: unknown, name?: string) => Promise<string>;
  /** Lets time pass until an execution has ended. */
  readonly settle: (
    executionArn: string,
    limitMs?: number,
  ) => Promise<DescribeExecutionCommandOutput>;
  /** Starts an execution of some states and waits for its end. */
  readonly run: (
    states: Readonly<Record<string, object>>,
    input?: unknown,
    given?: Partial<CreateStateMachineCommandInput>,
  ) => Promise<DescribeExecutionCommandOutput>;
  readonly describe: (executionArn: string) => Promise<DescribeExecutionCommandOutput>;
  readonly history: (executionArn: string) => Promise<HistoryEvent[]>;
}

const statesTrust = {
  Effect: 'Allow',
  Principal: { Service: 'states.amazonaws.com' },
  Action: 'sts:AssumeRole',
};

export const definitionOf = (states: Readonly<Record<string, object>>, more: object = {}): string =>
  JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(states)[0],
    States: states,
    ...more,
  });

const settleLimitMs = 2 * 365 * 24 * 3_600_000;

/** A world with Step Functions beside Lambda and what functions need. */
export function stateMachineFixture(
  others: readonly ServiceDefinition[] = [],
  settings: Partial<WorldSettings> = {},
): StateMachineFixture {
  const fixture = functionFixture([stepfunctions, ...others], { staleReadShare: 0, ...settings });
  const sfn = fixture.client(SFNClient);
  let machinesCount = 0;
  let defaultRole: string | undefined;
  const statesRole: StateMachineFixture['statesRole'] = (name = 'states', statements) =>
    fixture.role(name, statements, statesTrust);
  const userClient: StateMachineFixture['userClient'] = async (statements) => {
    const iamClient = fixture.client(IAMClient);
    const UserName = 'someone';
    await iamClient.send(new CreateUserCommand({ UserName }));
    await iamClient.send(
      new PutUserPolicyCommand({
        UserName,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    const { AccessKey } = await iamClient.send(new CreateAccessKeyCommand({ UserName }));
    await fixture.spread();
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } =
      AccessKey ?? {};
    return fixture.client(SFNClient, {
      as: { accessKeyId, secretAccessKey, sessionToken: undefined },
    });
  };
  const machine: StateMachineFixture['machine'] = async (states, given = {}) => {
    defaultRole ??= given.roleArn ?? (await statesRole('everything-states'));
    machinesCount += 1;
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({
        name: `machine-${machinesCount}`,
        definition: definitionOf(states),
        roleArn: defaultRole,
        ...given,
      }),
    );
    return stateMachineArn;
  };
  const start: StateMachineFixture['start'] = async (arn, input = {}, name) => {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input), name }),
    );
    return executionArn;
  };
  const describe = (executionArn: string) =>
    sfn.send(new DescribeExecutionCommand({ executionArn }));
  const settle: StateMachineFixture['settle'] = async (arn, limitMs = settleLimitMs) => {
    const { scheduler, journal } = fixture.world;
    let hasEnded = (await describe(arn)).status !== 'RUNNING';
    const stopListening = journal.onEntry(({ name, detail }) => {
      if (name === 'execution-status' && detail['execution'] === arn) hasEnded = true;
    });
    await scheduler.runUntil(() => hasEnded, limitMs);
    stopListening();
    // Descriptions may lag behind for a moment.
    await scheduler.runFor(1_000);
    return describe(arn);
  };
  return {
    ...fixture,
    sfn,
    statesRole,
    userClient,
    machine,
    start,
    settle,
    describe,
    run: async (states, input, given) => settle(await start(await machine(states, given), input)),
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page: GetExecutionHistoryCommandOutput = await sfn.send(
          new GetExecutionHistoryCommand({
            executionArn,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        events.push(...(page.events ?? []));
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return events;
    },
  };
}
