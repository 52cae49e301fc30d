import { mkdirSync, writeFileSync } from 'node:fs';
import { execute, median, node, root, rounded, rounds, times } from './measure.ts';
import { inlineFunctions } from './template-functions.ts';

/** The handler of the workload accounts, whose clients boto3 makes too. */
const handler = 'WorkloadHandlerFunction';
/** The services of the workload handler's clients, as boto3 names them. */
const services = ['autoscaling', 'ec2', 'ecs', 'cloudwatch', 'logs', 'kms'];

/** How long a fresh Python takes to load boto3 and to make the same clients; not every machine has them. */
const python = [
  'import sys, time',
  'startedAt = time.perf_counter()',
  'import boto3',
  'for service in sys.argv[1:]: boto3.client(service, region_name="eu-west-1")',
  'print((time.perf_counter() - startedAt) * 1000)',
].join('\n');

async function boto3Milliseconds(): Promise<number | undefined> {
  try {
    return Number((await execute('python3', ['-c', python, ...services])).stdout);
  } catch {
    return undefined;
  }
}

interface ColdLoadFigures {
  /** By function. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Where there is a python3 with boto3. */
  readonly boto3?: {
    readonly milliseconds: number;
    readonly handlerToBoto3: number;
    readonly goal: '<= 0.6';
  };
}

/** How long a fresh Node takes to load each inline function with the SDK that it requires, and to make its clients. */
export async function coldLoadFigures(): Promise<ColdLoadFigures> {
  // Beside the package that has the SDK, so that `require` finds it as it does in the runtime.
  const folder = `${root}packages/shared/dist/`;
  mkdirSync(folder, { recursive: true });
  const functions = inlineFunctions();
  for (const [name, code] of functions) writeFileSync(`${folder}${name}.cjs`, code);
  // Each round measures them all, so that what else the machine does meets them alike.
  const loads = await times(async () => {
    const milliseconds: Record<string, number> = {};
    for (const [name] of functions)
      milliseconds[name] = Number(
        (await node('packages/demo/src/bench/cold-load.ts', [`${folder}${name}.cjs`])).stdout,
      );
    return { functions: milliseconds, boto3: await boto3Milliseconds() };
  });
  const boto3 = loads.flatMap((load) => load.boto3 ?? []);
  return {
    milliseconds: Object.fromEntries(
      functions.map(([name]) => [
        name,
        Math.round(median(loads.map((load) => load.functions[name] ?? Number.NaN))),
      ]),
    ),
    ...(boto3.length === rounds && {
      boto3: {
        milliseconds: Math.round(median(boto3)),
        handlerToBoto3: rounded(
          median(loads.map((load) => (load.functions[handler] ?? NaN) / (load.boto3 ?? NaN))),
          2,
        ),
        goal: '<= 0.6',
      },
    }),
  };
}
