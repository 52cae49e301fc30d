import type { Outcome } from '../../runtime/function-error.ts';
import type { FunctionSettings } from './state.ts';

/** Nothing measures memory here; the figure is what a small function of Node.js takes. */
const memoryUsedMegabytes = 96;

export interface RunReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly initDurationMs: number | undefined;
  readonly outcome: Outcome;
}

type SystemLevel = NonNullable<FunctionSettings['systemLogLevel']>;
const levels: readonly SystemLevel[] = ['DEBUG', 'INFO', 'WARN'];

/**
 * The lines that Lambda itself writes into a function's log, as far as the function's settings want them.
 *
 * Source: Lambda Developer Guide, "Lambda Telemetry API Event schema reference" and "Log-level filtering".
 */
export class PlatformLog {
  readonly #settings: FunctionSettings;
  readonly #now: () => number;
  readonly #write: (line: string) => void;

  constructor(
    settings: FunctionSettings,
    options: { readonly now: () => number; readonly write: (line: string) => void },
  ) {
    this.#settings = settings;
    this.#now = options.now;
    this.#write = options.write;
  }

  initStart(functionName: string): void {
    const runtimeVersion = `${this.#settings.runtime.replace('.x', '').replace('nodejs', 'nodejs:')}.v1`;
    this.#line('INFO', `INIT_START Runtime Version: ${runtimeVersion}`, 'platform.initStart', {
      initializationType: 'on-demand',
      phase: 'init',
      runtimeVersion,
      functionName,
      functionVersion: '$LATEST',
    });
  }

  start(requestId: string): void {
    this.#line('INFO', `START RequestId: ${requestId} Version: $LATEST`, 'platform.start', {
      requestId,
      version: '$LATEST',
    });
  }

  end(report: RunReport): void {
    const { requestId, outcome } = report;
    const status = outcome.kind === 'error' ? outcome.status : 'success';
    if (outcome.kind === 'error' && outcome.status === 'timeout' && !this.#isJson)
      this.#write(
        `${new Date(this.#now()).toISOString()} ${requestId} Task timed out after ${this.#settings.timeoutSeconds.toFixed(2)} seconds`,
      );
    this.#line(
      status === 'success' ? 'DEBUG' : 'WARN',
      `END RequestId: ${requestId}`,
      'platform.runtimeDone',
      {
        requestId,
        status,
        metrics: { durationMs: report.durationMs },
      },
    );
    this.#report(report, status);
  }

  #report({ requestId, durationMs, initDurationMs, outcome }: RunReport, status: string): void {
    const { memoryMegabytes } = this.#settings;
    const billed = Math.ceil(durationMs + (initDurationMs ?? 0));
    const errorType = outcome.kind === 'error' ? outcome.payload.errorType : undefined;
    const text = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billed} ms`,
      `Memory Size: ${memoryMegabytes} MB`,
      `Max Memory Used: ${memoryUsedMegabytes} MB`,
      ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
      ...(status === 'success' ? [] : [`Status: ${status}`]),
      ...(status === 'failure' ? [`Error Type: ${String(errorType)}`] : []),
    ].join('\t');
    this.#line(status === 'success' ? 'INFO' : 'WARN', text, 'platform.report', {
      requestId,
      metrics: {
        durationMs,
        billedDurationMs: billed,
        memorySizeMB: memoryMegabytes,
        maxMemoryUsedMB: memoryUsedMegabytes,
        ...(initDurationMs === undefined ? {} : { initDurationMs }),
      },
      status,
      ...(errorType === undefined ? {} : { errorType }),
    });
  }

  get #isJson(): boolean {
    return this.#settings.logFormat === 'JSON';
  }

  #line(
    level: SystemLevel,
    text: string,
    type: string,
    record: Readonly<Record<string, unknown>>,
  ): void {
    if (!this.#isJson) {
      this.#write(text);
      return;
    }
    if (levels.indexOf(level) < levels.indexOf(this.#settings.systemLogLevel ?? 'INFO')) return;
    this.#write(JSON.stringify({ time: new Date(this.#now()).toISOString(), type, record }));
  }
}
