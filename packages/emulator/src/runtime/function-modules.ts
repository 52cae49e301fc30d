import { createRequire, isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { currentEnvironment } from './current-environment.ts';
import { builtinFor } from './function-builtins.ts';

const hostRequire = createRequire(import.meta.url);

/** An address, so that S3 clients put the bucket into the path; nothing listens there, the handler answers. */
const endpoint = 'http://127.0.0.1:1';

/** The unpacked code of a function, by path. */
export type CodeFiles = ReadonlyMap<string, string>;

type Require = (specifier: string) => unknown;

/**
 * `require` inside a function: its own files, the runtime's SDK and Node's modules.
 *
 * @param evaluate runs one of the function's own files
 * @throws Error with code MODULE_NOT_FOUND for anything else, as for a bundle that forgot to bring it
 */
export function functionRequire(
  files: CodeFiles,
  evaluate: (path: string) => unknown,
  own: { readonly process: object; readonly performance: object },
): (from: string) => Require {
  return (from) => (specifier) => {
    if (specifier.startsWith('.') || specifier.startsWith('/')) {
      const path = resolveFile(files, posix.resolve(posix.dirname(from), specifier));
      if (path === undefined) throw notFound(specifier, from);
      return evaluate(path);
    }
    if (isBuiltin(specifier)) return builtinFor(specifier, hostRequire, own);
    // What AWS puts beside the function's code: the SDK for JavaScript.
    if (/^@(aws-sdk|smithy)\//.test(specifier)) return sdkModule(specifier, from);
    throw notFound(specifier, from);
  };
}

function resolveFile(files: CodeFiles, path: string): string | undefined {
  return [path, `${path}.js`, `${path}.cjs`, `${path}.json`, `${path}/index.js`].find((candidate) =>
    files.has(candidate),
  );
}

const notFound = (specifier: string, from: string): Error =>
  Object.assign(
    new Error(
      `Cannot find module '${specifier}'\nRequire stack:\n- ${from}\n- /var/runtime/index.mjs`,
    ),
    { code: 'MODULE_NOT_FOUND' },
  );

const connectedModules = new Map<string, object>();

/** The host's module, whose clients speak to the world that runs the function. Made once; who constructs a client decides. */
function sdkModule(specifier: string, from: string): object {
  const known = connectedModules.get(specifier);
  if (known) return known;
  const original = loadSdk(specifier, from);
  const clients = new Map<unknown, unknown>();
  const connected = new Proxy(original, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (!isClient(value)) return value;
      const client = clients.get(value) ?? connectedClient(value);
      clients.set(value, client);
      return client;
    },
  });
  connectedModules.set(specifier, connected);
  return connected;
}

function loadSdk(specifier: string, from: string): object {
  try {
    // A module that is loaded for everybody must not see the function that happened to ask first.
    return currentEnvironment.run(undefined, () => hostRequire(specifier) as object);
  } catch (error) {
    if (!isMissing(error, specifier)) throw error;
    throw Object.assign(notFound(specifier, from), {
      message: `Cannot find module '${specifier}': if AWS's runtime has it, this emulator lacks it among its own dependencies`,
    });
  }
}

const isMissing = (error: unknown, specifier: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'MODULE_NOT_FOUND' &&
  error.message.includes(specifier);

type ClientConstructor = new (...args: unknown[]) => object;

const isClient = (value: unknown): value is ClientConstructor =>
  typeof value === 'function' &&
  /^[A-Z]/.test(value.name) &&
  typeof (value.prototype as { send?: unknown } | undefined)?.send === 'function' &&
  typeof (value.prototype as { destroy?: unknown }).destroy === 'function';

const connectedClient = (Client: ClientConstructor): ClientConstructor =>
  new Proxy(Client, {
    construct(target, [config, ...rest]: unknown[], newTarget: NewableFunction) {
      const environment = currentEnvironment.getStore();
      const given = (config ?? {}) as Record<string, unknown>;
      // A client made out of another client brings its own connection.
      if (!environment || 'middlewareStack' in given)
        return Reflect.construct(target, [config, ...rest], newTarget) as object;
      const connection = { endpoint, ...given, requestHandler: environment.requestHandler };
      return Reflect.construct(target, [connection, ...rest], newTarget) as object;
    },
  });
