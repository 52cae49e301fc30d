import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint, StandaloneAccount, World } from '@golden/emulator';
import { root, type DocBlock } from './doc-blocks.ts';

const execute = promisify(execFile);

/** The version of the AWS CLI; undefined where there is none. */
export const cliVersion = ((): number | undefined => {
  try {
    const said = execFileSync('aws', ['--version'], { encoding: 'utf8' });
    return Number(/^aws-cli\/(\d+)/.exec(said)?.[1]);
  } catch {
    return undefined;
  }
})();

/** What the CLI takes for waiting is nothing to a person whose time is virtual. */
const quickSleep =
  'import time\nsleep = time.sleep\ntime.sleep = lambda seconds: sleep(min(seconds, 0.1))\n';
const secondsPerTurn = 5;
/** Somebody who follows the documents in a folder of the repository, with a shell and the AWS CLI. */
export class Reader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reader-'));
  readonly variables: Record<string, string> = {};
  readonly #world: World;
  readonly #endpoint: Endpoint;
  readonly #accounts: Readonly<Record<string, StandaloneAccount>>;
  #definitions = '';

  constructor(options: {
    world: World;
    endpoint: Endpoint;
    /** By what the documents call them. */
    accounts: Readonly<Record<string, StandaloneAccount>>;
  }) {
    this.#world = options.world;
    this.#endpoint = options.endpoint;
    this.#accounts = options.accounts;
    for (const name of ['dist', 'examples', 'parameters'])
      symlinkSync(join(root, name), join(this.#folder, name));
    const bin = join(this.#folder, 'bin');
    mkdirSync(bin);
    // Scripts of the repository are run by tests of their own.
    writeFileSync(join(bin, 'npx'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    writeFileSync(join(bin, 'sitecustomize.py'), quickSleep);
  }

  /**
   * Runs a block and lets time pass while it runs. What it defines is known to later blocks.
   *
   * @throws Error when a command fails, with what it said
   */
  async follow({ commands, as, file, line }: DocBlock): Promise<string> {
    const account = this.#accounts[as ?? ''];
    if (!account) throw new Error(`${file}:${line} does not say in which account it is run`);
    const script = [
      'set -euo pipefail',
      // Version 1 keeps an endpoint of its own for SQS, whatever its environment says.
      'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
      this.#definitions,
      cliVersion === 1
        ? commands.replaceAll(' --cli-binary-format raw-in-base64-out', '')
        : commands,
      'printf "\\n--definitions\\n"',
      'declare -f',
      // Only what the block itself sets; the shell has many more.
      ...[...commands.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => `declare -p ${name}`),
    ].join('\n');
    const { accessKeyId, secretAccessKey } = account.adminCredentials;
    const time = this.#letTimePass();
    try {
      const { stdout } = await execute('bash', ['-c', script], {
        cwd: this.#folder,
        maxBuffer: 64 * 1024 * 1024,
        env: {
          ...this.variables,
          PATH: `${join(this.#folder, 'bin')}:${process.env['PATH'] ?? ''}`,
          PYTHONPATH: join(this.#folder, 'bin'),
          HOME: this.#folder,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_DEFAULT_REGION: 'eu-west-1',
          AWS_ENDPOINT_URL: this.#endpoint.url,
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_PAGER: '',
        },
      });
      const [said = '', defined = ''] = stdout.split('\n--definitions\n');
      this.#definitions += defined;
      return said;
    } catch (error) {
      throw new Error(`${file}:${line} as ${as ?? ''} fails:\n${commands}`, { cause: error });
    } finally {
      await time.stop();
    }
  }

  /** A file of the reader's folder. */
  read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  write(name: string, content: object): void {
    writeFileSync(join(this.#folder, name), JSON.stringify(content));
  }

  leave(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #letTimePass(): { stop: () => Promise<void> } {
    const over = new AbortController();
    const passing = (async () => {
      while (!over.signal.aborted) {
        await this.#world.scheduler.runFor(secondsPerTurn * 1_000);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    return {
      stop: async () => {
        over.abort();
        await passing;
      },
    };
  }
}
