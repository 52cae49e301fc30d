import { createHash } from 'node:crypto';
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

const compiled = new Map<string, ModuleBody>();
/** Lines that the `Function` constructor puts before a body. */
export const compiledLineOffset = 2;

/**
 * Compiles a file of a function once, however many environments run it. It runs in the emulator's own realm, so that an
 * `Error` or a `Date` is the same thing to the function and to the SDK; `vm` would use another realm under test runners.
 *
 * @throws SyntaxError
 */
export function compileModule(path: string, source: string): ModuleBody {
  const key = createHash('sha256').update(path).update('\0').update(source).digest('hex');
  const known = compiled.get(key);
  if (known) return known;
  const body = `${renameDynamicImports(source.replace(/^#!.*/, ''))}\n//# sourceURL=${path}`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running code that was uploaded is what Lambda is for
  const fresh = new Function(...moduleParameters, body) as ModuleBody;
  compiled.set(key, fresh);
  return fresh;
}
