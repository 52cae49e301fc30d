import { compileModule, moduleParameters } from './compile-function.ts';
import { importParameter } from './dynamic-imports.ts';
import { functionRequire, type CodeFiles } from './function-modules.ts';

/** What a module of a function finds around it, beside `require` and its own exports. */
export interface ModuleSurroundings {
  readonly process: object;
  readonly console: object;
  readonly performance: object;
}

export type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown;

/** Where Lambda unpacks the code. */
const taskRoot = '/var/task';

class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Runs a function's module and finds its handler.
 *
 * @param handler e.g. `index.handler`: a file and a name that it exports
 * @throws whatever the module throws, or an error that Lambda's runtime names
 */
export function loadHandler(
  files: CodeFiles,
  handler: string,
  surroundings: ModuleSurroundings,
): Handler {
  const [, file = '', name = ''] = /^([^.]*(?:\/[^.]*)*)\.(.*)$/.exec(handler) ?? [];
  if (file === '' || handler.includes('..'))
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const path = ['', '.js', '.cjs', '.mjs']
    .map((extension) => `${taskRoot}/${file}${extension}`)
    .find((candidate) => files.has(candidate));
  if (path === undefined)
    throw Object.assign(
      new Error(`Cannot find module '${file}'\nRequire stack:\n- /var/runtime/index.mjs`),
      { code: 'MODULE_NOT_FOUND' },
    );
  const found = name
    .split('.')
    .reduce<unknown>(
      (value, key) => propertyOf(value, key),
      moduleLoader(files, surroundings)(path),
    );
  if (found === undefined)
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function')
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found as Handler;
}

const propertyOf = (value: unknown, key: string): unknown =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** Modules of one environment: each file runs once. */
function moduleLoader(
  files: CodeFiles,
  surroundings: ModuleSurroundings,
): (path: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const globals = functionGlobals(surroundings);
  const requireFrom = functionRequire(files, (path) => load(path), surroundings);
  const load = (path: string): unknown => {
    const known = modules.get(path);
    if (known) return known.exports;
    const source = files.get(path) ?? '';
    const module: { exports: unknown } = { exports: {} };
    modules.set(path, module);
    if (path.endsWith('.json')) module.exports = JSON.parse(source);
    else runModule(path, source, { module, require: requireFrom(path), globals });
    return module.exports;
  };
  return load;
}

function runModule(
  path: string,
  source: string,
  own: {
    readonly module: { exports: unknown };
    readonly require: (specifier: string) => unknown;
    readonly globals: Readonly<Record<string, unknown>>;
  },
): void {
  if (path.endsWith('.mjs'))
    throw new Error(
      `${path} is an ES module, which this emulator does not model; bundle to CommonJS`,
    );
  const values: Readonly<Record<string, unknown>> = {
    ...own.globals,
    exports: own.module.exports,
    require: own.require,
    module: own.module,
    __filename: path,
    __dirname: path.slice(0, path.lastIndexOf('/')),
    [importParameter]: (specifier: unknown) =>
      Promise.resolve().then(() => namespaceOf(own.require(String(specifier)))),
  };
  compileModule(path, source)(...moduleParameters.map((name) => values[name]));
}

/** A CommonJS module as `import()` shows it: its exports by name, and all of them as the default. */
function namespaceOf(exports: unknown): object {
  const isObject =
    (typeof exports === 'object' && exports !== null) || typeof exports === 'function';
  if (!isObject) return { default: exports };
  return new Proxy(exports, {
    get: (target, key) => (key === 'default' ? exports : (Reflect.get(target, key) as unknown)),
  });
}

function functionGlobals(surroundings: ModuleSurroundings): Readonly<Record<string, unknown>> {
  const offline = (name: string) =>
    function refuse(): never {
      throw new Error(
        `${name} reaches the network and is not modelled for functions by this emulator`,
      );
    };
  const own = {
    ...surroundings,
    fetch: offline('fetch'),
    WebSocket: offline('WebSocket'),
    EventSource: offline('EventSource'),
  };
  // What a function puts on `globalThis` stays in its environment; what it looks up there is the realm's. Defined and not
  // assigned: some of Node's globals have setters, which would reach the realm.
  const scope = Object.create(globalThis) as object;
  for (const [name, value] of Object.entries({ ...own, globalThis: scope, global: scope }))
    Object.defineProperty(scope, name, { value, configurable: true, writable: true });
  return { ...own, globalThis: scope, global: scope };
}
