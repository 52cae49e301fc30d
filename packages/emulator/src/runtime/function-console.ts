import { format } from 'node:util';
import { cleanStack } from './clean-stack.ts';

export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ConsoleSettings {
  readonly format: 'JSON' | 'Text';
  /** The least level that is written, in JSON format. */
  readonly level: LogLevel;
}

export interface ConsoleContext {
  readonly now: () => number;
  readonly requestId: () => string | undefined;
  readonly write: (line: string) => void;
}

/**
 * The console of a function as Lambda's Node.js runtime patches it: every call is one log event.
 *
 * Source: Lambda Developer Guide, "Log and monitor Node.js Lambda functions"; aws-lambda-nodejs-runtime-interface-client,
 * log formatting.
 */
export function functionConsole(
  settings: ConsoleSettings,
  context: ConsoleContext,
): Record<string, (...args: unknown[]) => void> {
  const least = logLevels.indexOf(settings.level);
  const at =
    (level: LogLevel) =>
    (...args: unknown[]): void => {
      if (settings.format === 'JSON' && logLevels.indexOf(level) < least) return;
      context.write(
        settings.format === 'JSON'
          ? jsonLine(level, args, context)
          : textLine(level, args, context),
      );
    };
  const nothing = (): void => undefined;
  return {
    trace: at('TRACE'),
    debug: at('DEBUG'),
    log: at('INFO'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    fatal: at('FATAL'),
    dir: at('INFO'),
    assert: (condition: unknown, ...args: unknown[]) => {
      if (!condition) at('WARN')('Assertion failed', ...args);
    },
    time: nothing,
    timeEnd: nothing,
    timeLog: nothing,
    group: nothing,
    groupEnd: nothing,
    count: nothing,
  };
}

const textLine = (level: LogLevel, args: readonly unknown[], context: ConsoleContext): string =>
  [
    new Date(context.now()).toISOString(),
    String(context.requestId()),
    level,
    cleanStack(format(...args)),
  ].join('\t');

function jsonLine(level: LogLevel, args: readonly unknown[], context: ConsoleContext): string {
  const head = {
    timestamp: new Date(context.now()).toISOString(),
    level,
    requestId: context.requestId(),
  };
  // A single argument stays what it is: text that is JSON is written as text within the JSON of the event.
  if (args.length === 1)
    try {
      return JSON.stringify({ ...head, message: args[0] }, errorsAsObjects);
    } catch {
      return JSON.stringify({ ...head, message: cleanStack(format(args[0])) });
    }
  const error = args.slice(1).find((arg) => arg instanceof Error);
  return JSON.stringify({
    ...head,
    message: cleanStack(format(...args)),
    ...(error
      ? {
          errorType: error.constructor.name,
          errorMessage: error.message,
          stackTrace: stackLines(error),
        }
      : {}),
  });
}

const stackLines = (error: Error): readonly string[] => cleanStack(error.stack ?? '').split('\n');

const errorsAsObjects = (_: string, value: unknown): unknown =>
  value instanceof Error
    ? {
        errorType: value.constructor.name,
        errorMessage: value.message,
        stackTrace: stackLines(value),
        ...Object.fromEntries(Object.entries(value)),
      }
    : value;
