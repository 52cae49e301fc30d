import { remembered } from '../world/remembered.ts';
import { importParameter, renameDynamicImports } from './dynamic-imports.ts';

/** The names that a module of a function finds besides the globals, in the order in which they are passed. */
export const moduleParameters = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'process',
  'console',
  'performance',
  'globalThis',
  'global',
  'fetch',
  'WebSocket',
  'EventSource',
  importParameter,
] as const;

export type ModuleBody = (...values: readonly unknown[]) => void;

/** Lines that the `Function` constructor puts before a body. */
export const compiledLineOffset = 2;

/**
 * Compiles a file of a function once, however many environments run it. It runs in the emulator's own realm, so that an
 * `Error` or a `Date` is the same thing to the function and to the SDK; `vm` would use another realm under test runners.
 *
 * @throws SyntaxError
 */
export const compileModule: (path: string, source: string) => ModuleBody = remembered(compile);

function compile(path: string, source: string): ModuleBody {
  const body = `${renameDynamicImports(source.replace(/^#!.*/, ''))}\n//# sourceURL=${path}`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running code that was uploaded is what Lambda is for
  return new Function(...moduleParameters, body) as ModuleBody;
}
