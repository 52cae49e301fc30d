import { dumpState } from '../state-dump.ts';
import type { World } from '../world/world.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** No bucket can be called so: their names have no underscore. */
const prefix = '/_emulator/';
const day = 24 * 3_600_000;
/** The furthest that one call moves the clock, in milliseconds. */
const advanceMsMax = 366 * day;
/** What a browser or a tool on this machine calls the loopback interface. */
const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether a request is one to the emulator itself and not to AWS. */
export const isControl = ({ path }: Pick<HttpRequest, 'path'>): boolean => path.startsWith(prefix);

/**
 * Answers a request to the emulator itself: `POST /_emulator/advance` with `{"milliseconds": n}`, `.../dump` and
 * `.../journal` with `{}`.
 *
 * Whoever may open a socket to the endpoint may send them, as everything here is on one machine and nothing is secret. A web
 * page in a browser of this machine may not: it cannot send JSON to another origin without being asked first, which is
 * never granted, and a name of its own that leads here is no name of loopback.
 */
export async function control(world: World, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await carryOut(world, request);
  } catch (error) {
    if (error instanceof Refused) return json(error.status, { error: error.message });
    return json(500, { error: error instanceof Error ? (error.stack ?? '') : String(error) });
  }
}

async function carryOut(world: World, request: HttpRequest): Promise<HttpResponse> {
  const input = checked(request);
  const name = request.path.slice(prefix.length);
  switch (name) {
    case 'advance': {
      await world.scheduler.advance(readMilliseconds(input));
      return json(200, {
        now: new Date(world.scheduler.now).toISOString(),
        journalEntries: world.journal.entries.length,
      });
    }
    case 'dump':
      return json(200, dumpState(world));
    case 'journal':
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: world.journal.toJsonLines(),
      };
    default:
      throw new Refused(404, `there is no ${prefix}${name}; use advance, dump or journal`);
  }
}

function checked({ method, headers, body }: HttpRequest): object {
  const { host = '', 'content-type': type = '' } = headers;
  if (!loopback.test(host))
    throw new Refused(403, `the host is ${host}; use the address that the emulator printed`);
  if (method !== 'POST') throw new Refused(405, `the method is ${method}; use POST`);
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw new Refused(415, `the content type is ${type || 'missing'}; use application/json`);
  const text = Buffer.from(body).toString();
  const value = parsed(text);
  if (typeof value === 'object' && value !== null) return value;
  throw new Refused(400, `the body is ${text.slice(0, 100)}; send a JSON object`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told from the object that is wanted by whoever asks.
    return undefined;
  }
}

function readMilliseconds(input: object): number {
  const value: unknown = 'milliseconds' in input ? input.milliseconds : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= advanceMsMax)
    return value;
  throw new Refused(
    400,
    `milliseconds is ${(JSON.stringify(value) as string | undefined) ?? 'missing'}; send a whole number from 1 to ${advanceMsMax}, which is 366 days`,
  );
}

const json = (status: number, value: object): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});
