import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/*
 * The client half of the calls bench, in a process of its own: signs, sends and parses like any customer of AWS.
 * Reads its target from the environment and prints one JSON object.
 */

const inFlight = 16;
const warmUpCalls = 600;
const countedCalls = 6_000;

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; the bench starts this process`);
  return value;
};
const options = {
  region: variable('BENCH_REGION'),
  endpoint: variable('BENCH_ENDPOINT'),
  credentials: { accessKeyId: variable('BENCH_KEY'), secretAccessKey: variable('BENCH_SECRET') },
  maxAttempts: 1,
};
const table = variable('BENCH_TABLE');
const dynamo = new DynamoDBClient(options);
const ec2 = new EC2Client(options);
const sts = new STSClient(options);

const mix: readonly (() => Promise<unknown>)[] = [
  () =>
    dynamo.send(
      new GetItemCommand({ TableName: table, Key: { pk: { S: 'LINE#bench' }, sk: { S: 'LINE' } } }),
    ),
  () => ec2.send(new DescribeImagesCommand({ Owners: ['self'] })),
  () => sts.send(new GetCallerIdentityCommand({})),
];

async function run(calls: number): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    for (let call = next++; call < calls; call = next++) await mix[call % mix.length]?.();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return calls / ((performance.now() - startedAt) / 1000);
}

await run(warmUpCalls);
console.log(JSON.stringify({ callsPerSecond: Math.round(await run(countedCalls)) }));
