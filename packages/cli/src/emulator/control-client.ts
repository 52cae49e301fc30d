import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { ExpectedFailure } from '../expected-failure.ts';

/** Moves the clock of a running emulator and prints the new time. */
export async function advance(options: {
  readonly port: number;
  readonly milliseconds: number;
}): Promise<void> {
  const { port, milliseconds } = options;
  process.stdout.write(await ask({ port, name: 'advance', input: { milliseconds } }));
}

/** Writes the state of a running emulator, or its journal, to a file or the standard output. */
export async function dump(options: {
  readonly port: number;
  readonly out: string | undefined;
  readonly what: 'state' | 'journal';
}): Promise<void> {
  const name = options.what === 'state' ? 'dump' : 'journal';
  const text = await ask({ port: options.port, name, input: {} });
  if (options.out === undefined) process.stdout.write(text);
  else writeToFile(options.out, text);
}

function writeToFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new ExpectedFailure(
      `cannot write ${path}: ${messageOf(error)}; give another file with --out`,
    );
  }
  console.error(`golden: wrote ${path}`);
}

/**
 * Sends a call to the emulator itself; without a time limit, as a long jump takes as long as all that happens in it.
 *
 * @throws ExpectedFailure when nobody answers, or something else does
 */
async function ask(options: {
  readonly port: number;
  readonly name: string;
  readonly input: object;
}): Promise<string> {
  const { port, name } = options;
  const { status, text } = await post(options).catch((error: unknown) => {
    throw new ExpectedFailure(
      `no emulator answers on 127.0.0.1:${port} (${messageOf(error)}); start one with "golden emulator --port ${port}", or say with --port where it listens`,
    );
  });
  if (status === 200) return text;
  throw new ExpectedFailure(
    `what listens on 127.0.0.1:${port} answered ${name} with ${status}: ${text.slice(0, 2_000)}; if that is no emulator, say with --port where yours listens`,
  );
}

const post = (options: {
  readonly port: number;
  readonly name: string;
  readonly input: object;
}): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: options.port,
        path: `/_emulator/${options.name}`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(options.input));
  });

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
