import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openEndpoint } from '@golden/emulator';
import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const rounds = 3;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Has a process say at its end how much memory it held at most; `maxRSS` is in kilobytes. */
const tellsPeak =
  "data:text/javascript,process.on('exit',()=>console.error('peak '+process.resourceUsage().maxRSS))";

interface Finished {
  readonly stdout: string;
  readonly peakMegabytes: number;
}

async function node(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Finished> {
  const { stdout, stderr } = await execute(
    process.execPath,
    ['--import', tellsPeak, `${root}${script}`, ...args],
    { cwd: root, env: { ...process.env, ...env } },
  );
  const peak = /peak (\d+)/.exec(stderr)?.[1];
  return { stdout, peakMegabytes: Math.round(Number(peak) / 1024) };
}

async function times<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measure());
  return results;
}

/** What the README's first command does once everything is installed: synthesize, then tell the story. */
async function demoFigures(): Promise<{ seconds: number; peakMegabytes: number }> {
  const runs = await times(async () => {
    const startedAt = performance.now();
    const synth = await node('scripts/synth.mjs');
    const story = await node('packages/demo/src/main.ts', ['--quiet']);
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, peakMegabytes: Math.max(synth.peakMegabytes, story.peakMegabytes) };
  });
  return {
    seconds: Number(median(runs.map(({ seconds }) => seconds)).toFixed(1)),
    peakMegabytes: median(runs.map((run) => run.peakMegabytes)),
  };
}

/** Signed calls per second of a client in another process, against a deployed stack, with IAM on every call. */
async function callsPerSecond(): Promise<number> {
  const stage = await InfraStage.open();
  await stage.deploy();
  const endpoint = await openEndpoint(stage.world);
  try {
    const { accessKeyId, secretAccessKey } = stage.infra.adminCredentials;
    const env = {
      BENCH_ENDPOINT: endpoint.url,
      BENCH_REGION: stage.home,
      BENCH_KEY: accessKeyId,
      BENCH_SECRET: secretAccessKey,
      BENCH_TABLE: stage.outputs['StateTableName'] ?? '',
    };
    const runs = await times(
      async () =>
        JSON.parse((await node('packages/demo/src/bench/calls-client.ts', [], env)).stdout) as {
          callsPerSecond: number;
        },
    );
    return median(runs.map((run) => run.callsPerSecond));
  } finally {
    await endpoint.close();
  }
}

interface HandlerFigures {
  readonly name: string;
  readonly bytes: number;
  readonly coldLoadMilliseconds: number;
}

/** Size of each inline function, and how long a fresh Node takes to load it with the SDK that it requires. */
async function handlerFigures(): Promise<HandlerFigures[]> {
  const { Resources } = JSON.parse(readInfraTemplate()) as {
    Resources: Record<string, { Type: string; Properties: { Code?: { ZipFile?: string } } }>;
  };
  const figures: HandlerFigures[] = [];
  for (const [name, { Type, Properties }] of Object.entries(Resources)) {
    const code = Properties.Code?.ZipFile;
    if (Type !== 'AWS::Lambda::Function' || code === undefined) continue;
    // Beside the package that has the SDK, so that `require` finds it as it does in the runtime.
    const folder = `${root}packages/shared/dist/`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}${name}.cjs`, code);
    const loads = await times(async () =>
      Number((await node('packages/demo/src/bench/cold-load.ts', [`${folder}${name}.cjs`])).stdout),
    );
    figures.push({
      name,
      bytes: Buffer.byteLength(code),
      coldLoadMilliseconds: Math.round(median(loads)),
    });
  }
  return figures;
}

const figures = {
  node: process.version,
  rounds,
  demo: await demoFigures(),
  callsPerSecond: await callsPerSecond(),
  templateBytes: Buffer.byteLength(readInfraTemplate()),
  handlers: await handlerFigures(),
};
writeFileSync(`${root}dist/bench.json`, `${JSON.stringify(figures, undefined, 2)}\n`);
console.log(JSON.stringify(figures, undefined, 2));
