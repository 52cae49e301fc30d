import { HttpResponse as SdkResponse } from '@smithy/core/transport';
import { decodeRequest, dialectOf, encodeError } from '../wire/codec.ts';
import { readCredentialScope } from '../wire/credential-scope.ts';
import type { HttpRequest } from '../wire/http.ts';
import { inProcessHandler, type InProcessHandler } from '../wire/in-process-handler.ts';
import type { World } from '../world/world.ts';
import { currentEnvironment } from './current-environment.ts';
import { faults, type Fate, type FunctionCall } from './faults.ts';

/** What a connection must know of the environment whose calls it carries. */
export interface Caller {
  /** Resolves while the environment runs: at once, after the thaw, or never once it is gone. */
  whenRunning(): Promise<void>;
  /** Does something as a call in flight of the running invocation. */
  inFlight<T>(run: () => Promise<T>): Promise<T>;
  /** The environment dies as if its process were killed. */
  kill(): void;
  /** Counts a call of the running invocation. */
  nextCall(): Pick<
    FunctionCall,
    'account' | 'region' | 'functionName' | 'invocation' | 'callNumber'
  >;
}

/** How long a client waits for an answer that is lost. Not modelled after a figure of AWS: the SDK has no limit itself. */
const lostAfterMs = 5_000;
/** Longer than any function may run. */
const hangingMs = 16 * 60_000;

type Exchange = () => Promise<SdkResponse>;

/** Carries the calls of one execution environment, with the latency and the faults of its world. */
export function functionConnection(world: World, caller: Caller): InProcessHandler {
  return inProcessHandler(world, async (request, exchange) => {
    await caller.whenRunning();
    const call = caller.nextCall();
    const fate = await judge(world, call, request);
    if (fate === 'kill-before') return die(caller);
    const response = await caller.inFlight(() =>
      // AWS works outside of the function: with the host's clock, timers and variables.
      currentEnvironment.run(undefined, () => carry(world, fate, { call, request, exchange })),
    );
    if (fate === 'kill-after') return die(caller);
    await caller.whenRunning();
    return response;
  });
}

function die(caller: Caller): Promise<never> {
  caller.kill();
  return new Promise(() => undefined);
}

async function judge(
  world: World,
  call: ReturnType<Caller['nextCall']>,
  request: HttpRequest,
): Promise<Fate> {
  const decide = faults(world).judge;
  return decide ? decide({ ...call, ...named(world, request) }) : 'proceed';
}

function named(world: World, request: HttpRequest): { service: string; operation: string } {
  const service = serviceOf(world, request);
  if (!service) return { service: '', operation: '' };
  return { service: service.name, operation: decodeRequest(service.model, request).operation.name };
}

const serviceOf = (world: World, request: HttpRequest) =>
  world.serviceBySigningName(readCredentialScope(request)?.signingName ?? '');

async function carry(
  world: World,
  fate: Fate,
  {
    call,
    request,
    exchange,
  }: {
    readonly call: ReturnType<Caller['nextCall']>;
    readonly request: HttpRequest;
    readonly exchange: Exchange;
  },
): Promise<SdkResponse> {
  const delayMs =
    latency(world, call) + (typeof fate === 'object' && 'delayMs' in fate ? fate.delayMs : 0);
  if (delayMs > 0) await world.scheduler.sleep(delayMs);
  if (typeof fate !== 'object' || 'delayMs' in fate) return exchange();
  if ('error' in fate) return failure(world, request, fate.error);
  const isHanging = 'hang' in fate;
  if ((isHanging ? fate.hang : fate.lose) === 'answer') await exchange();
  await world.scheduler.sleep(isHanging ? hangingMs : lostAfterMs);
  throw Object.assign(new Error('socket hang up: no answer'), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
  });
}

function latency(world: World, call: ReturnType<Caller['nextCall']>): number {
  const { min, max } = faults(world).latencyMs;
  if (max === 0) return 0;
  return world
    .scope(call.account, call.region, 'lambda')
    .between(`latency/${call.functionName}`, min, max);
}

/** An error as the called service would have worded it. */
function failure(
  world: World,
  request: HttpRequest,
  { code, status }: { readonly code: string; readonly status: number },
): SdkResponse {
  const service = serviceOf(world, request);
  if (!service)
    throw new TypeError('a fault was asked for on a call of no service of this emulator');
  const { body, headers } = encodeError(
    {
      model: service.model,
      dialect: dialectOf(service.model, request),
      requestId: world.entropy.uuid('fault/request'),
    },
    {
      code: service.model.errors.get(code)?.wireCode ?? code,
      message: 'Rate exceeded or service unavailable.',
      status,
      fault: status >= 500 ? 'server' : 'client',
    },
  );
  return new SdkResponse({
    statusCode: status,
    headers,
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
}
