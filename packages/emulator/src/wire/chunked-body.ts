import type { HttpRequest } from './http.ts';
import { MalformedRequest } from './malformed-request.ts';

/** Clients send streams in `aws-chunked` form: sizes in hexadecimal, an optional signature each, trailers behind. */
export function decodeChunkedBody(request: HttpRequest): HttpRequest {
  const encodings = (request.headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim());
  if (!encodings.includes('aws-chunked')) return request;
  const source = Buffer.from(request.body);
  const chunks: Buffer[] = [];
  let trailers: Record<string, string> = {};
  for (let offset = 0; offset < source.length;) {
    const lineEnd = source.indexOf('\r\n', offset);
    if (lineEnd < 0) throw malformed('ends within a chunk header');
    const digits = source.toString('latin1', offset, lineEnd).split(';')[0]?.trim() ?? '';
    if (!/^[0-9a-f]{1,12}$/i.test(digits)) throw malformed('has a chunk without a size');
    const size = Number.parseInt(digits, 16);
    if (size === 0) {
      trailers = readTrailers(source.toString('latin1', lineEnd + 2));
      break;
    }
    if (lineEnd + 2 + size > source.length) throw malformed('ends within a chunk');
    chunks.push(source.subarray(lineEnd + 2, lineEnd + 2 + size));
    offset = lineEnd + 2 + size + 2;
  }
  const rest = encodings
    .filter((encoding) => encoding !== 'aws-chunked' && encoding !== '')
    .join(',');
  const headers: Record<string, string> = { ...request.headers, ...trailers };
  if (rest === '') delete headers['content-encoding'];
  else headers['content-encoding'] = rest;
  return { ...request, headers, body: Buffer.concat(chunks) };
}

const malformed = (why: string): MalformedRequest =>
  new MalformedRequest(`an aws-chunked body ${why}`, { part: 'chunks' });

/** Trailers such as `x-amz-checksum-crc32` count like headers; the operation compares them with the content. */
function readTrailers(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0
        ? []
        : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}
