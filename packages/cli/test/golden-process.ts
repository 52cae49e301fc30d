import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** What a command ended with and wrote. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command that ends by itself. */
export const golden = (words: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...words.split(' ')],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
      },
    );
  });

/** What a running emulator printed. */
export interface Printed {
  readonly endpoint: string;
  readonly region: string;
  readonly regions: readonly string[];
  readonly now: string;
  readonly organization: { readonly id: string; readonly units: Readonly<Record<string, string>> };
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly ou: string;
    readonly state: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  }[];
  readonly stack?: { readonly name: string; readonly outputs: Readonly<Record<string, string>> };
}

/** An emulator in a process of its own. */
export class RunningEmulator {
  readonly printed: Printed;
  readonly #child: ChildProcess;
  readonly #written: { out: string; err: string };

  private constructor(child: ChildProcess, written: { out: string; err: string }) {
    this.#child = child;
    this.#written = written;
    this.printed = JSON.parse(written.out) as Printed;
  }

  /** @throws Error with what it wrote when it ends instead of staying up */
  static async start(words: string): Promise<RunningEmulator> {
    const child = spawn(process.execPath, [main, ...words.split(' ')]);
    const written = { out: '', err: '' };
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => {
        written.err += chunk.toString();
        if (written.err.includes('listens on')) resolve();
      });
      child.on('exit', (code) => {
        reject(new Error(`golden ${words} ended with ${code ?? 'a signal'}: ${written.err}`));
      });
    });
    return new RunningEmulator(child, written);
  }

  get port(): string {
    return new URL(this.printed.endpoint).port;
  }

  /** Everything that was written so far. */
  get written(): Readonly<{ out: string; err: string }> {
    return this.#written;
  }

  /** Presses Ctrl-C, as it were; returns the exit code. */
  async end(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exit;
    return this.#child.exitCode;
  }
}
