import type { HttpRequest } from './http.ts';
import { MalformedRequest } from './malformed-request.ts';
import type { HttpRoute, OperationModel, ServiceModel } from './model.ts';
import { isRecord, scalarFromText, scalarToText } from './scalars.ts';
import type { Member, Shape, StructureShape } from './shape.ts';

/** A route that fits a request, with the labels read from its path. */
export interface RouteMatch {
  readonly operation: OperationModel;
  readonly labels: ReadonlyMap<string, string>;
}

const isClientHint = (key: string): boolean => key === 'x-id';

/**
 * Finds the operation of a REST request. S3 has many operations on one path: the one that fixes more query
 * keys, or requires more members that the request carries, is meant; the SDK's `x-id` decides what is left.
 */
export function findRoute(model: ServiceModel, request: HttpRequest): RouteMatch | undefined {
  const query = new URLSearchParams(request.query);
  const segments = pathSegments(model, request.path);
  let best: (RouteMatch & { rank: number }) | undefined;
  for (const operation of model.operations.values()) {
    const { route } = operation;
    if (route?.method !== request.method) continue;
    const labels = matchPath(model, operation, route, segments);
    if (!labels) continue;
    const rank = rankRoute(operation, route, query, request.headers);
    if (rank === undefined) continue;
    if (!best || rank > best.rank || (rank === best.rank && operation.name < best.operation.name))
      best = { operation, labels, rank };
  }
  return best;
}

/** Empty segments say nothing, except in the keys of S3 objects: `a//b` and `a/` are other objects than `a/b` and `a`. */
function pathSegments(model: ServiceModel, path: string): readonly string[] {
  const segments = path.split('/');
  if (model.signingName !== 's3') return segments.filter((segment) => segment !== '');
  const [, bucket = '', ...key] = segments;
  if (bucket === '') return [];
  return key.length === 1 && key[0] === '' ? [bucket] : [bucket, ...key];
}

function matchPath(
  model: ServiceModel,
  operation: OperationModel,
  route: HttpRoute,
  segments: readonly string[],
): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  let rest = segments;
  // The S3 model leaves the bucket to the endpoint rules; on an IP address they put it into the path.
  if (model.signingName === 's3' && wantsBucket(operation)) {
    const [bucket, ...tail] = segments;
    if (bucket === undefined) return undefined;
    labels.set('Bucket', decodeLabel(bucket));
    rest = tail;
  }
  return bindSegments(route.segments, rest, labels) ? labels : undefined;
}

const wantsBucket = ({ input }: OperationModel): boolean =>
  input.kind === 'structure' && input.byName.get('Bucket')?.location?.in === 'label';

function bindSegments(
  pattern: readonly string[],
  segments: readonly string[],
  labels: Map<string, string>,
): boolean {
  for (const [index, part] of pattern.entries()) {
    const label = /^\{([^}+]+)(\+?)\}$/.exec(part);
    const actual = segments[index];
    if (actual === undefined) return false;
    if (!label) {
      if (part !== actual) return false;
    } else if (label[2] === '+') {
      labels.set(label[1] ?? '', segments.slice(index).map(decodeLabel).join('/'));
      return true;
    } else labels.set(label[1] ?? '', decodeLabel(actual));
  }
  return pattern.length === segments.length;
}

function decodeLabel(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new MalformedRequest(`the path segment ${segment} is not percent-encoded UTF-8`, {
      part: 'path',
      cause,
    });
  }
}

function rankRoute(
  operation: OperationModel,
  route: HttpRoute,
  query: URLSearchParams,
  headers: Readonly<Record<string, string>>,
): number | undefined {
  let rank = 0;
  for (const [key, value] of route.fixedQuery) {
    if (isClientHint(key)) {
      const hint = query.get(key);
      if (hint !== null && hint !== value) return undefined;
      continue;
    }
    if (!query.has(key) || (value !== '' && query.get(key) !== value)) return undefined;
    rank += 2;
  }
  if (operation.input.kind !== 'structure') return rank;
  for (const member of operation.input.members) {
    if (!member.required) continue;
    const { location } = member;
    if (
      location?.in === 'query'
        ? !query.has(location.name)
        : location?.in === 'header' && !(location.name in headers)
    )
      return undefined;
    if (location?.in === 'query' || location?.in === 'header') rank += 1;
  }
  return rank;
}

/** Reads the members that travel outside the body. The body's members are left to the caller. */
export function readBindings(
  shape: StructureShape,
  request: HttpRequest,
  labels: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const query = new URLSearchParams(request.query);
  const result: Record<string, unknown> = {};
  for (const member of shape.members) {
    const value = readBinding(member, request, query, labels, shape);
    if (value !== undefined) result[member.name] = value;
  }
  return result;
}

function readBinding(
  member: Member,
  request: HttpRequest,
  query: URLSearchParams,
  labels: ReadonlyMap<string, string>,
  shape: StructureShape,
): unknown {
  const { location } = member;
  switch (location?.in) {
    case 'label': {
      const label = labels.get(member.name);
      return label === undefined ? undefined : scalarFromText(member.shape, label);
    }
    case 'query':
      return query.has(location.name)
        ? readQueryMember(member.shape, query.getAll(location.name))
        : undefined;
    case 'query-params':
      return readQueryParams(member.shape, query, shape);
    case 'header': {
      const header = request.headers[location.name];
      return header === undefined ? undefined : readHeader(member.shape, header);
    }
    case 'prefix-headers':
      return readPrefixHeaders(location.prefix, request.headers);
    case 'payload':
    case 'status-code':
    case undefined:
      return undefined;
    default:
      return location satisfies never;
  }
}

function readQueryMember(shape: Shape, values: readonly string[]): unknown {
  if (shape.kind === 'list') return values.map((value) => scalarFromText(shape.item, value));
  return scalarFromText(shape, values[0] ?? '');
}

function readQueryParams(shape: Shape, query: URLSearchParams, owner: StructureShape): unknown {
  if (shape.kind !== 'map') throw new MalformedRequest('query parameters bind to maps only');
  const taken = new Set(
    owner.members.flatMap((m) => (m.location?.in === 'query' ? [m.location.name] : [])),
  );
  const entries = [...new Set(query.keys())]
    .filter((key) => !taken.has(key) && !isClientHint(key))
    .map((key) => [key, readQueryMember(shape.value, query.getAll(key))] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readHeader(shape: Shape, value: string): unknown {
  if (shape.kind === 'list')
    return splitHeader(shape.item, value).map((item) => scalarFromText(shape.item, item));
  if (shape.kind === 'string' && shape.mediaType)
    return Buffer.from(value, 'base64').toString('utf8');
  return scalarFromText(shape, value);
}

/** Times in a header hold a comma of their own, so a list of them splits at every second one. */
function splitHeader(item: Shape, value: string): string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (item.kind !== 'timestamp' || item.format === 'epoch-seconds' || item.format === 'date-time')
    return parts.map((part) => part.replace(/^"(.*)"$/, '$1').replaceAll('\\"', '"'));
  const pairs: string[] = [];
  for (let index = 0; index < parts.length; index += 2)
    pairs.push(parts.slice(index, index + 2).join(', '));
  return pairs;
}

function readPrefixHeaders(prefix: string, headers: Readonly<Record<string, string>>): unknown {
  const entries = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The parts of a REST response that do not depend on the body format. */
export interface BoundResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly payload: { readonly member: Member; readonly value: unknown } | undefined;
  readonly hasDocument: boolean;
}

/** Splits operation output into status, headers and payload. */
export function bindResponse(shape: Shape, output: unknown, defaultStatus: number): BoundResponse {
  const headers: Record<string, string> = {};
  let status = defaultStatus;
  let payload: BoundResponse['payload'];
  let hasDocument = false;
  if (shape.kind !== 'structure') return { status, headers, payload, hasDocument };
  const source = isRecord(output) ? output : {};
  for (const member of shape.members) {
    const value = source[member.name];
    if (member.location === undefined) {
      hasDocument = true;
      continue;
    }
    if (member.location.in === 'payload') payload = { member, value };
    if (value === undefined || value === null) continue;
    if (member.location.in === 'status-code') status = Number(value);
    if (member.location.in === 'header')
      headers[member.location.name] = headerText(member.shape, value);
    if (member.location.in === 'prefix-headers')
      for (const [key, item] of Object.entries(value))
        headers[member.location.prefix + key.toLowerCase()] = String(item);
  }
  // No schema models it: an answer that carries a range of the content has a status of its own.
  if (status === 200 && 'content-range' in headers) status = 206;
  return { status, headers, payload, hasDocument };
}

function headerText(shape: Shape, value: unknown): string {
  if (shape.kind === 'list')
    return (value as unknown[])
      .map((item) => scalarToText(shape.item, item, 'http-date'))
      .map((item) =>
        /[",]/.test(item) && shape.item.kind === 'string'
          ? `"${item.replaceAll('"', '\\"')}"`
          : item,
      )
      .join(', ');
  if (shape.kind === 'string' && shape.mediaType)
    return Buffer.from(String(value)).toString('base64');
  return scalarToText(shape, value, 'http-date');
}
