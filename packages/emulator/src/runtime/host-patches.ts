import { promisify } from 'node:util';
import { externalDataInterceptor } from '@smithy/core/config';
import { refusing } from './function-builtins.ts';
import { patchLocalTime, utcArguments, utcParse } from './local-time.ts';
import { bytesToUuid } from './random-bytes.ts';
import {
  currentEnvironment,
  type RunningEnvironment,
  type VirtualTimer,
} from './current-environment.ts';

/*
 * Functions share the host's globals and its copy of the SDK, which reads `process.env`, looks at the clock, waits with
 * `setTimeout` and draws random numbers for its retries and tokens. While the code of a function runs, these answer for
 * that function: its own variables, virtual time, chance that follows from the seed. Everybody else gets the host's.
 */

/** What functions have for the SDK's configuration files. */
export const noFile = '/dev/null';

let isInstalled = false;

/** Puts the patches in place, once per realm. */
export function installHostPatches(): void {
  if (isInstalled) return;
  isInstalled = true;
  patchVariables();
  patchLocalTime();
  patchDate();
  patchTimers();
  patchRandom();
  // The SDK looks for configuration files; inside a function there are none, and no file is read to find that out.
  externalDataInterceptor.interceptFile(noFile, '');
  // A function's unhandled rejection ends its environment, not the emulator; any other still ends the process.
  process.on('unhandledRejection', (reason) => {
    const environment = inside();
    if (!environment) throw reason;
    environment.unhandledRejection(reason);
  });
}

const inside = (): RunningEnvironment | undefined => currentEnvironment.getStore();

function patchVariables(): void {
  const host = process.env;
  const view = (): NodeJS.ProcessEnv => inside()?.variables ?? host;
  process.env = new Proxy(host, {
    get: (_, key) => (typeof key === 'string' ? view()[key] : undefined),
    set(_, key, value) {
      if (typeof key === 'string') view()[key] = String(value);
      return true;
    },
    has: (_, key) => key in view(),
    deleteProperty: (_, key) => Reflect.deleteProperty(view(), key),
    ownKeys: () => Reflect.ownKeys(view()),
    getOwnPropertyDescriptor(_, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(view(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

/** A proxy and not a subclass: dates made before and elsewhere stay instances of `Date`. */
function patchDate(): void {
  const HostDate = globalThis.Date;
  const now = (): number => inside()?.now() ?? HostDate.now();
  const parse = (text: string): number =>
    inside() ? utcParse(text, HostDate) : HostDate.parse(text);
  const PatchedDate: DateConstructor = new Proxy(HostDate, {
    construct(target, args, newTarget: unknown) {
      const environment = inside();
      const parts = environment ? partsInside(environment, args, HostDate) : args;
      const made = newTarget === PatchedDate ? target : (newTarget as NewableFunction);
      return Reflect.construct(target, parts, made) as Date;
    },
    apply: () => new HostDate(now()).toString(),
    get(target, key) {
      if (key === 'now') return now;
      return key === 'parse' ? parse : (Reflect.get(target, key) as unknown);
    },
  });
  globalThis.Date = PatchedDate;
}

const partsInside = (
  environment: RunningEnvironment,
  args: readonly unknown[],
  HostDate: DateConstructor,
): unknown[] => (args.length === 0 ? [environment.now()] : utcArguments(args, HostDate));

type Callback = (...args: unknown[]) => void;

const isVirtual = (timer: unknown): timer is VirtualTimer =>
  typeof timer === 'object' && timer !== null && 'isVirtual' in timer;

function patchTimers(): void {
  const host = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    setImmediate: globalThis.setImmediate,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
    clearImmediate: globalThis.clearImmediate,
  };
  const start =
    (
      hostSet: (run: Callback, delayMs: number | undefined, ...args: unknown[]) => unknown,
      repeat: boolean,
    ) =>
    (run: Callback, delayMs?: number, ...args: unknown[]): unknown => {
      const environment = inside();
      if (!environment) return hostSet(run, delayMs, ...args);
      return environment.setTimer(
        () => {
          run(...args);
        },
        atLeastOne(delayMs),
        repeat,
      );
    };
  const clear =
    (hostClear: (timer: never) => void) =>
    (timer: unknown): void => {
      if (isVirtual(timer)) timer.close();
      else hostClear(timer as never);
    };
  const setTimeoutPatched = start(host.setTimeout, false);
  Object.defineProperty(setTimeoutPatched, promisify.custom, {
    value: (delayMs?: number, value?: unknown) =>
      new Promise((resolve) => setTimeoutPatched(resolve, delayMs, value)),
  });
  Object.assign(globalThis, {
    setTimeout: setTimeoutPatched,
    setInterval: start(host.setInterval as Parameters<typeof start>[0], true),
    setImmediate: (run: Callback, ...args: unknown[]): unknown =>
      inside()?.setTimer(
        () => {
          run(...args);
        },
        0,
        false,
      ) ?? host.setImmediate(run, ...args),
    clearTimeout: clear(host.clearTimeout),
    clearInterval: clear(host.clearInterval),
    clearImmediate: clear(host.clearImmediate),
  });
  patchAbortSignal();
}

/** Node makes 1 ms of what is less or no number. */
const atLeastOne = (delayMs: number | undefined): number => {
  const delay = Number(delayMs);
  return delay >= 1 ? Math.trunc(delay) : 1;
};

function patchAbortSignal(): void {
  const hostTimeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (delayMs) => {
    const environment = inside();
    if (!environment) return hostTimeout(delayMs);
    const controller = new AbortController();
    environment.setTimer(
      () => {
        controller.abort(
          new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
        );
      },
      delayMs,
      false,
    );
    return controller.signal;
  };
}

function patchRandom(): void {
  const random = Math.random.bind(Math);
  Math.random = () => inside()?.chance() ?? random();
  const host = globalThis.crypto;
  const patched = new Proxy(host, {
    get(target, key) {
      const environment = inside();
      if (environment && key === 'randomUUID') return () => bytesToUuid(environment.bytes(16));
      if (environment && key === 'getRandomValues')
        return <T extends ArrayBufferView>(array: T): T => fill(environment, array);
      // It works on other threads, outside of virtual time.
      if (environment && key === 'subtle') return refusing('crypto.subtle');
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  Object.defineProperty(globalThis, 'crypto', {
    value: patched,
    configurable: true,
    writable: true,
  });
}

function fill<T extends ArrayBufferView>(environment: RunningEnvironment, array: T): T {
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(
    environment.bytes(array.byteLength),
  );
  return array;
}
