import type { HttpRequest } from '@golden/emulator/wire/http.ts';

/**
 * A request as it goes over the wire, each character one byte.
 *
 * @param head request line and headers
 */
export const httpText = (head: readonly string[], body: string): string =>
  `${head.join('\r\n')}\r\n\r\n${body}`;

/** UTF-8 as one character per byte. */
export const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The headers of a signed request; the emulator reads who signed it and for what, and leaves the signature alone. */
export const signedBy = (options: {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
}): readonly string[] => [
  'host: 127.0.0.1',
  `authorization: AWS4-HMAC-SHA256 Credential=${options.accessKeyId}/20261121/${options.region}/${options.signingName}/aws4_request, SignedHeaders=host, Signature=0`,
];

/** Reads such a text as an HTTP server does that takes everything; undefined when its head does not end or begin. */
export function readHttpText(text: string): HttpRequest | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [requestLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  const mark = target.indexOf('?');
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: Object.fromEntries(headers),
    body: Buffer.from(text.slice(end + 4), 'latin1'),
  };
}
