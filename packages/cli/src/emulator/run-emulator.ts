import { createServer } from 'node:net';
import { openEndpoint, type Endpoint, type World } from '@golden/emulator';
import { ExpectedFailure } from '../expected-failure.ts';
import type { StartOptions } from '../read-command.ts';
import { describeStart } from './describe-start.ts';
import { openDemo } from './demo-world.ts';
import { openPlain } from './plain-world.ts';

const say = (text: string): void => {
  console.error(`golden: ${text}`);
};

/**
 * Starts an embedded AWS, prints what is needed to use it as one JSON object, and keeps it up in real time until the process
 * is told to end.
 *
 * @throws ExpectedFailure when the port is taken
 */
export async function runEmulator(options: StartOptions): Promise<void> {
  // Building the organization of the demo takes a while: nobody should wait for it in vain.
  await requireFreePort(options.port);
  const ended = endSignal();
  const started = await (options.isDemo ? openDemo(options, say) : openPlain(options));
  const { world } = started;
  stayUp(world);
  const endpoint = await open(world, options.port);
  console.log(JSON.stringify(describeStart(started, endpoint.url), undefined, 2));
  say(`the embedded AWS listens on ${endpoint.url}; end it with Ctrl-C`);
  await ended;
  world.scheduler.stopRealTime();
  await endpoint.close();
  say('ended');
}

/** Defects are told and end nothing: whoever works with it keeps what was made so far. */
function stayUp(world: World): void {
  const report = (error: unknown): void => {
    const told =
      error instanceof AggregateError ? [error, ...(error.errors as unknown[])] : [error];
    for (const one of told)
      say(
        `defect of the emulator: ${one instanceof Error ? (one.stack ?? one.message) : String(one)}`,
      );
  };
  process.on('uncaughtException', report);
  world.scheduler.startRealTime(report);
}

/** Resolves with the first SIGINT or SIGTERM; the second ends the process as it would any other. */
const endSignal = (): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const refusePort = (error: unknown, port: number): never => {
  if (!isPortTaken(error)) throw error;
  throw new ExpectedFailure(
    `port ${port} is taken on 127.0.0.1; end what listens there, or choose another port with --port`,
  );
};

async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  }).catch((error: unknown) => refusePort(error, port));
  await new Promise((resolve) => server.close(resolve));
}

const open = (world: World, port: number): Promise<Endpoint> =>
  openEndpoint(world, port).catch((error: unknown) => refusePort(error, port));
