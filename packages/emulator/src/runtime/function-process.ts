import { EventEmitter } from 'node:events';

export interface FunctionProcessOptions {
  readonly variables: Record<string, string | undefined>;
  readonly arch: 'arm64' | 'x64';
  readonly startedAt: number;
  readonly now: () => number;
  /** Text as it is written to standard output or error. */
  readonly write: (text: string) => void;
  readonly exit: (code: number) => void;
}

/** `process` of a function: what describes the runtime and nothing that reaches the machine. */
export function functionProcess(options: FunctionProcessOptions): object {
  const { variables, now, startedAt } = options;
  const elapsed = (): bigint => BigInt(Math.round((now() - startedAt) * 1e6));
  const stream = {
    isTTY: false,
    write: (text: unknown) => {
      options.write(String(text));
      return true;
    },
  };
  const hrtime = Object.assign(
    (since?: readonly [number, number]): [number, number] => {
      const total = elapsed() - (since ? BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]) : 0n);
      return [Number(total / 1_000_000_000n), Number(total % 1_000_000_000n)];
    },
    { bigint: elapsed },
  );
  return Object.assign(new EventEmitter(), {
    env: variables,
    arch: options.arch,
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    execPath: '/var/lang/bin/node',
    pid: 8,
    ppid: 1,
    title: 'node',
    platform: 'linux',
    release: { name: 'node' },
    version: process.version,
    versions: { ...process.versions },
    features: {},
    stdout: stream,
    stderr: stream,
    cwd: () => '/var/task',
    emitWarning: (warning: unknown) => {
      options.write(`Warning: ${String(warning)}`);
    },
    exit: (code = 0) => {
      options.exit(code);
    },
    hrtime,
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
    nextTick: process.nextTick.bind(process),
    umask: () => 0o22,
    uptime: () => (now() - startedAt) / 1000,
  });
}

/** `process.env`: whatever is put in becomes text. */
export const environmentVariables = (
  variables: Readonly<Record<string, string>>,
): Record<string, string | undefined> =>
  new Proxy<Record<string, string | undefined>>(
    { ...variables },
    {
      set(target, key, value) {
        return Reflect.set(target, key, String(value));
      },
    },
  );
