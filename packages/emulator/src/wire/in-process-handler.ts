import { Readable } from 'node:stream';
import { buildQueryString } from '@smithy/core/protocols';
import {
  HttpResponse as SdkResponse,
  type HttpRequest as SdkRequest,
} from '@smithy/core/transport';
import type { World } from '../world/world.ts';
import { answer } from './endpoint.ts';
import type { HttpRequest } from './http.ts';

/** What an SDK client takes as `requestHandler`. */
export interface InProcessHandler {
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
  destroy(): void;
}

/**
 * An SDK request handler that talks to a world in the same process: everything of the wire but the socket.
 *
 * @param around wraps each exchange; the function runtime counts, delays and breaks calls there
 */
export function inProcessHandler(
  world: World,
  around: (request: HttpRequest, exchange: () => Promise<SdkResponse>) => Promise<SdkResponse> = (
    _,
    exchange,
  ) => exchange(),
): InProcessHandler {
  return {
    async handle(sdkRequest) {
      const request = await toHttpRequest(sdkRequest);
      const response = await around(request, async () => {
        const { status, headers, body } = await answer(world, request);
        const bytes = typeof body === 'string' ? Buffer.from(body) : body;
        const withLength = { 'content-length': String(bytes.length), ...headers };
        return new SdkResponse({
          statusCode: status,
          headers: withLength,
          body: Readable.from(request.method === 'HEAD' || bytes.length === 0 ? [] : [bytes], {
            objectMode: false,
          }),
        });
      });
      return { response };
    },
    destroy: () => undefined,
  };
}

async function toHttpRequest(request: SdkRequest): Promise<HttpRequest> {
  return {
    method: request.method,
    path: request.path,
    query: buildQueryString(request.query),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: await collect(request.body),
  };
}

async function collect(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>)
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
