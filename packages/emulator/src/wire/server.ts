import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../world/world.ts';
import { control, isControl } from './control.ts';
import { answer } from './endpoint.ts';
import type { HttpRequest } from './http.ts';

export interface Endpoint {
  /** `http://127.0.0.1:<port>`; an address, not a name, so that clients put S3 buckets into the path. */
  readonly url: string;
  close(): Promise<void>;
}

/** The largest body that is read; S3's own limit of 5 GB would not fit into memory. */
const bodyBytesMax = 64 * 1024 * 1024;

/**
 * Opens a world's HTTP endpoint on loopback: every service of AWS, and the emulator's own calls under `/_emulator/`. Port 0
 * takes any free one.
 *
 * @throws Error with the code `EADDRINUSE` where the port is taken
 */
export async function openEndpoint(world: World, port = 0): Promise<Endpoint> {
  const server = createServer((request, response) => {
    void respond(world, request, response);
  });
  // Node closes the connection without a word when nobody listens for the method of proxies.
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actual}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}

async function respond(
  world: World,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const request = await readRequest(incoming);
    const response = await (isControl(request) ? control(world, request) : answer(world, request));
    outgoing.writeHead(response.status, {
      ...response.headers,
      date: new Date().toUTCString(),
      'content-length': response.headers['content-length'] ?? Buffer.byteLength(response.body),
    });
    outgoing.end(incoming.method === 'HEAD' ? undefined : response.body);
  } catch (error) {
    outgoing.writeHead(400, { 'content-type': 'text/plain' });
    outgoing.end(error instanceof Error ? error.message : String(error));
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBytesMax) throw new RangeError(`a body may have ${bodyBytesMax} bytes here`);
    chunks.push(chunk);
  }
  const [path, query] = splitOnce(incoming.url ?? '/', '?');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { method: incoming.method ?? 'GET', path, query, headers, body: Buffer.concat(chunks) };
}

const splitOnce = (text: string, separator: string): [string, string] => {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
};
