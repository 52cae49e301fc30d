import { currentEnvironment } from './current-environment.ts';
import { bytesToUuid } from './random-bytes.ts';

/** Modules that compute and touch nothing outside; the host's own serve. */
const pure = new Set([
  'assert',
  'assert/strict',
  'async_hooks',
  'buffer',
  'constants',
  'diagnostics_channel',
  'events',
  'path',
  'path/posix',
  'path/win32',
  'punycode',
  'querystring',
  'stream',
  'stream/promises',
  'stream/web',
  'string_decoder',
  'url',
  'util',
  'util/types',
]);

/**
 * A Node module as a function sees it. Modules that reach the machine, the network or real time can be required, because
 * bundles do that without using them; whatever they offer throws when it is used.
 */
export function builtinFor(
  specifier: string,
  hostRequire: (specifier: string) => unknown,
  own: { readonly process: object; readonly performance: object },
): unknown {
  const name = specifier.replace(/^node:/, '');
  if (pure.has(name)) return hostRequire(name);
  switch (name) {
    case 'process':
      return own.process;
    case 'perf_hooks':
      return { performance: own.performance };
    case 'timers':
      return { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
    case 'timers/promises':
      return timerPromises;
    case 'crypto':
      return cryptoModule(hostRequire);
    case 'zlib':
      return zlibModule(hostRequire);
    case 'os':
      return osModule(hostRequire);
    default:
      return refusing(name);
  }
}

const timerPromises = {
  setTimeout: (delayMs?: number, value?: unknown) =>
    new Promise((resolve) => {
      setTimeout(resolve, delayMs, value);
    }),
  setImmediate: (value?: unknown) =>
    new Promise((resolve) => {
      setImmediate(resolve, value);
    }),
  scheduler: {
    wait: (delayMs: number) =>
      new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      }),
  },
};

/** Something that may be had, destructured and extended, and that throws when it is called. */
export function refusing(path: string): unknown {
  const refuse = function (): never {
    throw new Error(`${path} is not modelled for functions by this emulator`);
  };
  return new Proxy(refuse, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key === 'prototype')
        return Reflect.get(target, key, receiver) as unknown;
      // A value with `then` would be taken for a promise.
      return key === 'then' || key === '__esModule' ? undefined : refusing(`${path}.${key}`);
    },
  });
}

type Module = Record<string, unknown>;

/** Members by name without which two runs of one seed are the same. */
const withRefused = (module: Module, name: string, refused: (key: string) => boolean): Module =>
  Object.fromEntries(
    Object.keys(module).map((key) => [
      key,
      refused(key) ? refusing(`${name}.${key}`) : module[key],
    ]),
  );

/** They work off the main thread, and end when they like. */
const notRepeatable = new Set([
  'pbkdf2',
  'scrypt',
  'hkdf',
  'generateKeyPair',
  'generateKey',
  'generatePrime',
  'checkPrime',
  'randomFill',
  'argon2',
  'subtle',
  'webcrypto',
  // What they draw comes from the machine, and would differ from run to run.
  'generateKeyPairSync',
  'generateKeySync',
  'generatePrimeSync',
  'createDiffieHellman',
  'createDiffieHellmanGroup',
  'createECDH',
  'getDiffieHellman',
]);

const randomBytesOf = (count: number): Uint8Array =>
  currentEnvironment.getStore()?.bytes(count) ?? new Uint8Array(count);

function cryptoModule(hostRequire: (specifier: string) => unknown): Module {
  const host = hostRequire('crypto') as Module;
  return {
    ...withRefused(host, 'crypto', (key) => notRepeatable.has(key)),
    randomUUID: () => bytesToUuid(randomBytesOf(16)),
    randomBytes(size: number, done?: (error: null, bytes: Buffer) => void) {
      const bytes = Buffer.from(randomBytesOf(size));
      if (!done) return bytes;
      queueMicrotask(() => {
        done(null, bytes);
      });
      return undefined;
    },
    randomFillSync<T extends ArrayBufferView>(array: T): T {
      return globalThis.crypto.getRandomValues(array as never);
    },
    getRandomValues: <T extends ArrayBufferView>(array: T): T =>
      globalThis.crypto.getRandomValues(array as never),
    randomInt(min: number, max?: number) {
      const [from, to] = max === undefined ? [0, min] : [min, max];
      return from + Math.floor(Math.random() * (to - from));
    },
  };
}

const zlibModule = (hostRequire: (specifier: string) => unknown): Module =>
  withRefused(
    hostRequire('zlib') as Module,
    'zlib',
    (key) => !key.endsWith('Sync') && !['constants', 'codes', 'crc32'].includes(key),
  );

function osModule(hostRequire: (specifier: string) => unknown): Module {
  const host = hostRequire('os') as Module;
  return {
    EOL: '\n',
    constants: host['constants'],
    arch: () => 'arm64',
    availableParallelism: () => 2,
    cpus: () => [],
    endianness: () => 'LE',
    freemem: () => 64 * 1024 * 1024,
    homedir: () => '/root',
    hostname: () => '169.254.0.1',
    platform: () => 'linux',
    release: () => '5.10',
    tmpdir: () => '/tmp',
    totalmem: () => 128 * 1024 * 1024,
    type: () => 'Linux',
  };
}
