import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import type { InProcessHandler } from '../wire/in-process-handler.ts';
import type { World } from '../world/world.ts';
import {
  currentEnvironment,
  type RunningEnvironment,
  type VirtualTimer,
} from './current-environment.ts';
import { EnvironmentTimers } from './environment-timers.ts';
import { functionConnection } from './function-connection.ts';
import { functionConsole, type ConsoleSettings } from './function-console.ts';
import {
  exited,
  killed,
  loadFailure,
  rejectedUnhandled,
  thrownBy,
  timedOut,
  type FunctionErrorPayload,
  type Outcome,
} from './function-error.ts';
import type { CodeFiles } from './function-modules.ts';
import { environmentVariables, functionProcess } from './function-process.ts';
import { installHostPatches } from './host-patches.ts';
import { loadHandler, type Handler } from './load-handler.ts';

/** Everything that an execution environment is made of. */
export interface FunctionSpec {
  readonly world: World;
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly architecture: 'arm64' | 'x86_64';
  readonly files: CodeFiles;
  /** e.g. `index.handler` */
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutMs: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly console: ConsoleSettings;
  /** Takes what the function writes, line by line. */
  readonly write: (line: string) => void;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** The how-manieth invocation of the function, from 1. */
  readonly number: number;
  readonly clientContext: unknown;
}

/** One copy of a function: its modules, its variables, its timers. It serves one invocation after the other. */
export class ExecutionEnvironment {
  readonly #spec: FunctionSpec;
  readonly #running: RunningEnvironment;
  readonly #timers: EnvironmentTimers;
  readonly #process: object;
  readonly #console: object;
  #handler: Handler | undefined;
  #state: 'frozen' | 'running' | 'gone' = 'frozen';
  #thawed: (() => void)[] = [];
  #invocation: Invocation | undefined;
  #callNumber = 0;
  #end: (outcome: Outcome) => void = () => undefined;
  /** Goes back into the work of the running invocation, whatever invocation the code began in. */
  #inInvocation: <T>(run: () => T) => T = (run) => run();

  constructor(spec: FunctionSpec) {
    installHostPatches();
    this.#spec = spec;
    const { scheduler } = spec.world;
    const now = (): number => scheduler.now;
    const write = (line: string): void => {
      if (this.#state !== 'gone') spec.write(line);
    };
    this.#timers = new EnvironmentTimers({
      now,
      start: (delayMs, run) =>
        this.#inInvocation(() => scheduler.later(delayMs, 'function timer', run)),
      failed: (error) => {
        this.#die({ kind: 'error', payload: thrownBy(error), status: 'error' });
      },
    });
    this.#running = this.#environment(now);
    this.#process = functionProcess({
      variables: this.#running.variables,
      arch: spec.architecture === 'arm64' ? 'arm64' : 'x64',
      startedAt: now(),
      now,
      write,
      exit: (code) => {
        this.#fail(exited(this.#requestId, code));
        throw new Error(`process.exit(${code})`);
      },
    });
    this.#console = functionConsole(spec.console, {
      now,
      requestId: () => this.#invocation?.requestId,
      write,
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Nothing of it goes on, and nobody uses it again. */
  discard(): void {
    this.#state = 'gone';
    this.#timers.stop();
  }

  /** Runs the function's modules. Says what is wrong when that fails; the environment is of no use then. */
  initialize(): FunctionErrorPayload | undefined {
    try {
      this.#handler = currentEnvironment.run(this.#running, () =>
        loadHandler(this.#spec.files, this.#spec.handler, {
          process: this.#process,
          console: this.#console,
          performance: this.#performance(),
        }),
      );
      if (this.#spec.runtime === 'nodejs24.x' && this.#handler.length > 2)
        throw Object.assign(
          new Error(
            'callback-based handlers are not supported by Node.js 24 and later; return a promise',
          ),
          { name: 'Runtime.CallbackHandlerDeprecated' },
        );
      return undefined;
    } catch (error) {
      return loadFailure(error);
    }
  }

  /** Runs the handler once. Ends with the handler, with its time limit, or with the environment. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    const { scheduler } = this.#spec.world;
    return scheduler.busy(async () => {
      this.#inInvocation = AsyncLocalStorage.snapshot();
      this.#invocation = invocation;
      this.#callNumber = 0;
      const ended = new Promise<Outcome>((resolve) => (this.#end = resolve));
      const limit = scheduler.later(this.#spec.timeoutMs, 'function timeout', () => {
        const payload = timedOut(invocation.requestId, this.#spec.timeoutMs);
        this.#die({ kind: 'error', payload, status: 'timeout' });
      });
      void currentEnvironment.run(this.#running, () => this.#run(invocation));
      const outcome = await ended;
      limit();
      this.#freeze();
      return outcome;
    });
  }

  async #run(invocation: Invocation): Promise<void> {
    this.#thaw(this.#spec.world.scheduler.now);
    try {
      const result = await this.#callHandler(JSON.parse(invocation.event), invocation);
      // What JSON cannot say, such as a function, comes out as undefined.
      const text = JSON.stringify(result) as string | undefined;
      this.#end({ kind: 'response', payload: text ?? 'null' });
    } catch (error) {
      this.#logFailure(error);
      this.#end({ kind: 'error', payload: thrownBy(error), status: 'error' });
    }
  }

  async #callHandler(event: unknown, invocation: Invocation): Promise<unknown> {
    const handler = this.#handler;
    if (!handler) throw new TypeError('the environment was not initialized');
    const context = this.#context(invocation);
    if (this.#spec.runtime === 'nodejs24.x') return handler(event, context);
    return new Promise((resolve, reject) => {
      const callback = (error: unknown, result: unknown): void => {
        if (error === null || error === undefined) resolve(result);
        else reject(asError(error));
      };
      const returned = handler(event, context, callback);
      // Without promise and callback a handler has nothing to say.
      if (isThenable(returned)) returned.then(resolve, reject);
      else if (handler.length < 3) resolve(null);
    });
  }

  #context(invocation: Invocation): object {
    const { scheduler } = this.#spec.world;
    const deadline = scheduler.now + this.#spec.timeoutMs;
    return {
      functionName: this.#spec.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.#spec.functionArn,
      memoryLimitInMB: String(this.#spec.memoryMegabytes),
      awsRequestId: invocation.requestId,
      logGroupName: this.#spec.logGroupName,
      logStreamName: this.#spec.logStreamName,
      clientContext: invocation.clientContext,
      identity: undefined,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - scheduler.now,
    };
  }

  /** The runtime writes the error of a handler into the log before it reports it. */
  #logFailure(error: unknown): void {
    const { error: write } = this.#console as { error: (...args: unknown[]) => void };
    const shown = asError(error);
    if (this.#spec.console.format === 'JSON') write(shown);
    else write('Invoke Error', JSON.stringify(thrownBy(shown)));
  }

  /** The process dies: nothing of the environment goes on. */
  #fail(payload: FunctionErrorPayload): void {
    this.#die({ kind: 'error', payload, status: 'failure' });
  }

  #die(outcome: Outcome): void {
    this.discard();
    this.#end(outcome);
  }

  #thaw(now: number): void {
    this.#state = 'running';
    this.#timers.thaw(now);
    const waiting = this.#thawed;
    this.#thawed = [];
    for (const resume of waiting) resume();
  }

  #freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
    this.#timers.freeze();
    this.#end = () => undefined;
  }

  get #requestId(): string {
    return this.#invocation?.requestId ?? '';
  }

  #performance(): object {
    const { scheduler } = this.#spec.world;
    const timeOrigin = scheduler.now;
    return {
      timeOrigin,
      now: () => scheduler.now - timeOrigin,
      mark: () => undefined,
      measure: () => undefined,
    };
  }

  #environment(now: () => number): RunningEnvironment {
    const { world, account, region, functionName, variables } = this.#spec;
    const scope = world.scope(account, region, 'lambda');
    return {
      variables: environmentVariables(variables),
      requestHandler: this.#connection(),
      now,
      chance: () => scope.chance(`random/${functionName}`),
      bytes: (count) => randomBytes(count, (digits) => scope.hex(`random/${functionName}`, digits)),
      // The callback keeps the asynchronous context in which the timer was set.
      setTimer: (run, delayMs, repeat): VirtualTimer =>
        this.#timers.add(AsyncLocalStorage.bind(run), delayMs, repeat),
      unhandledRejection: (reason) => {
        this.#die({ kind: 'error', payload: rejectedUnhandled(reason), status: 'error' });
      },
    };
  }

  #connection(): InProcessHandler {
    const { world, account, region, functionName } = this.#spec;
    return functionConnection(world, {
      whenRunning: () => {
        if (this.#state === 'running') return Promise.resolve();
        return new Promise((resolve) => {
          if (this.#state === 'frozen') this.#thawed.push(resolve);
        });
      },
      inFlight: (run) => this.#inInvocation(() => world.scheduler.busy(run)),
      kill: () => {
        this.#fail(killed(this.#requestId));
      },
      nextCall: () => ({
        account,
        region,
        functionName,
        invocation: this.#invocation?.number ?? 0,
        callNumber: (this.#callNumber += 1),
      }),
    });
  }
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(format(thrown));

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  'then' in value &&
  typeof value.then === 'function';

/** Digests give at most 32 bytes at a time. */
function randomBytes(count: number, hex: (digits: number) => string): Uint8Array {
  const parts: Buffer[] = [];
  for (let left = count; left > 0; left -= 32)
    parts.push(Buffer.from(hex(Math.min(left, 32) * 2), 'hex'));
  return Buffer.concat(parts);
}
