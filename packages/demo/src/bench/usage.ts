import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { SFNClient, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import type { JournalEntry } from '@golden/emulator';
import type { Place } from '@golden/stage/fleet-stage.ts';
import type { RolloutStage } from '@golden/stage/rollout-stage.ts';
import type { Usage } from './bill.ts';
import { memoryMegabytes } from './template-functions.ts';

const kilobyte = 1_024;
const gigabyte = kilobyte ** 3;
const hourMs = 3_600_000;
const historyEveryMs = 100;

/** Bytes that the log groups of the infra account and of one of the workload accounts hold. */
export interface LogBytes {
  readonly infra: number;
  readonly workload: number;
}

export async function logBytes({ fleet }: RolloutStage, place: Place): Promise<LogBytes> {
  const { infra } = fleet;
  const bytesOf = async (client: CloudWatchLogsClient): Promise<number> => {
    let sum = 0;
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {}))
      for (const { storedBytes = 0 } of logGroups) sum += storedBytes;
    return sum;
  };
  return {
    infra: await bytesOf(infra.client(CloudWatchLogsClient)),
    workload: await bytesOf(infra.client(CloudWatchLogsClient, place)),
  };
}

/**
 * What a rollout has used of everything that AWS bills, from its journal entries and from what AWS remembers. A read or write of
 * the table is taken for one of an item of average size; logs of one workload account stand for those of all.
 */
export async function usageOf(
  stage: RolloutStage,
  run: {
    readonly entries: readonly JournalEntry[];
    readonly targets: number;
    readonly logs: LogBytes;
  },
): Promise<Usage> {
  const { entries, targets, logs } = run;
  const calls = (service: string, names: RegExp): number =>
    entries.filter(
      (entry) =>
        entry.kind === 'call' &&
        entry.service === service &&
        names.test(entry.name) &&
        entry.by?.includes(':assumed-role/') === true,
    ).length;
  const functions = entries.filter(({ name }) => name === 'function-ran');
  const units = await itemUnits(stage);
  return {
    'state transitions of Step Functions, Standard': await transitions(stage, entries),
    'requests of Lambda': functions.length,
    'GB-seconds of Lambda on arm64': functions.reduce(
      (sum, { detail }) =>
        sum +
        (Number(detail['durationMs']) / 1_000) *
          (memoryMegabytes(String(detail['function'])) / kilobyte),
      0,
    ),
    'write request units of DynamoDB, on demand':
      calls('dynamodb', /^(Put|Update|Delete|BatchWrite|TransactWrite)/) * units.write,
    'read request units of DynamoDB, on demand':
      calls('dynamodb', /^(Get|Query|BatchGet)/) * units.read,
    'PUT and LIST requests of S3': calls('s3', /^(Put|List)/),
    'GET requests of S3': calls('s3', /^(Get|Head)/),
    'GB of logs taken in by CloudWatch Logs': (logs.infra + logs.workload * targets) / gigabyte,
    'hours of a t3.medium that old and new instances run side by side': sideBySideHours(entries),
  };
}

/** Every state that was entered, of the rollout's execution and of all its children, and every retry of a task. */
async function transitions(
  { fleet: { infra, world } }: RolloutStage,
  entries: readonly JournalEntry[],
): Promise<number> {
  const client = infra.client(SFNClient);
  const executions = new Set(
    entries.flatMap(({ name, detail }) =>
      name === 'execution-status' ? [String(detail['execution'])] : [],
    ),
  );
  let count = 0;
  for (const executionArn of executions)
    for await (const { events = [] } of paginateGetExecutionHistory(
      { client, pageSize: 1_000 },
      { executionArn, includeExecutionData: false },
    )) {
      // Step Functions Developer Guide, "Service quotas": 20 histories a second.
      await world.scheduler.runFor(historyEveryMs);
      for (const { type = '' } of events) {
        // The first try of a task belongs to its entering.
        if (type.endsWith('StateEntered') && type !== 'TaskStateEntered') count += 1;
        if (type === 'TaskScheduled') count += 1;
      }
    }
  return count;
}

/** Request units of an item of the table, on average: a write takes one for each KB, a consistent read one for each 4 KB. */
async function itemUnits({ fleet: { infra } }: RolloutStage): Promise<{
  readonly write: number;
  readonly read: number;
}> {
  let items = 0;
  const units = { write: 0, read: 0 };
  const pages = paginateScan(
    { client: infra.client(DynamoDBClient) },
    { TableName: infra.outputs['StateTableName'] },
  );
  for await (const { Items = [] } of pages)
    for (const item of Items) {
      const bytes = Buffer.byteLength(JSON.stringify(item));
      items += 1;
      units.write += Math.ceil(bytes / kilobyte);
      units.read += Math.ceil(bytes / (4 * kilobyte));
    }
  return { write: units.write / items, read: units.read / items };
}

/** From the launch of a new instance to the end of the one that it replaces, of all groups together. */
function sideBySideHours(entries: readonly JournalEntry[]): number {
  const at = (state: string): number[] =>
    entries
      .filter(({ name, detail }) => name === 'member' && detail['state'] === state)
      .map((entry) => Date.parse(entry.at));
  const launched = at('Pending');
  const gone = at('Terminated');
  if (launched.length !== gone.length)
    throw new Error(`${launched.length} instances were launched and ${gone.length} terminated`);
  const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0);
  return (sum(gone) - sum(launched)) / hourMs;
}
