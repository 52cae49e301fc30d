import { cbor, dateToTag } from '@smithy/core/cbor';
import type { HttpRequest, HttpResponse } from './http.ts';
import { readJson, writeCbor, writeJson } from './json.ts';
import { MalformedRequest } from './malformed-request.ts';
import type { OperationModel, ServiceModel } from './model.ts';
import { readQuery } from './query.ts';
import { bindResponse, findRoute, readBindings } from './rest.ts';
import { isRecord, toBytes } from './scalars.ts';
import type { Shape } from './shape.ts';
import { parseXmlRoot, readXml, writeElement, writeXmlMembers } from './xml.ts';
import { parseShallowJson } from './json-depth.ts';

/** The form that one request speaks; the answer goes back in the same form. */
export type Dialect = 'query' | 'ec2' | 'json' | 'rest-json' | 'rest-xml' | 'cbor';

export interface DecodedRequest {
  readonly operation: OperationModel;
  readonly dialect: Dialect;
  readonly input: Record<string, unknown>;
}

export interface WireError {
  /** A modelled error's shape name or wire code, or the code of an error that the model does not know. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  /** Further members of the modelled error shape. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Headers that no schema models. */
  readonly headers?: Readonly<Record<string, string>>;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function bodyText(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch (cause) {
    throw new MalformedRequest('the body is not UTF-8', { cause });
  }
}

/** Tells which form a request speaks. Clients differ: for CloudWatch one sends JSON, another CBOR, an old one a form. */
export function dialectOf(model: ServiceModel, request: HttpRequest): Dialect {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor';
  if (request.headers['x-amz-target'] !== undefined) return 'json';
  if (model.protocol === 'rest-json' || model.protocol === 'rest-xml') return model.protocol;
  return model.protocol === 'ec2' ? 'ec2' : 'query';
}

/**
 * Decodes a request into an operation and its input by the schemas of the SDK client.
 *
 * @throws MalformedRequest for an unknown operation, an unreadable body or a member that no schema knows
 */
export function decodeRequest(model: ServiceModel, request: HttpRequest): DecodedRequest {
  const dialect = dialectOf(model, request);
  switch (dialect) {
    case 'json': {
      const operation = operationNamed(
        model,
        (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '',
      );
      return {
        operation,
        dialect,
        input: asInput(readJson(operation.input, parseJson(request.body), 'member')),
      };
    }
    case 'cbor': {
      const operation = operationNamed(model, request.path.split('/').at(-1) ?? '');
      return {
        operation,
        dialect,
        input: asInput(readJson(operation.input, parseCbor(request.body), 'member')),
      };
    }
    case 'query':
    case 'ec2': {
      const form = new URLSearchParams(
        request.body.length === 0 ? request.query : bodyText(request.body),
      );
      const operation = operationNamed(model, form.get('Action') ?? '');
      return { operation, dialect, input: readQuery(operation.input, form, dialect) };
    }
    case 'rest-json':
    case 'rest-xml':
      return decodeRest(model, request, dialect);
    default:
      return dialect satisfies never;
  }
}

const asInput = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

function operationNamed(model: ServiceModel, name: string): OperationModel {
  const operation = model.operations.get(name);
  if (!operation)
    throw new MalformedRequest(`${model.serviceId} has no operation ${JSON.stringify(name)}`, {
      part: 'operation',
    });
  return operation;
}

function parseJson(body: Uint8Array): unknown {
  const source = bodyText(body);
  if (source.trim() === '') return {};
  try {
    return parseShallowJson(source);
  } catch (cause) {
    throw new MalformedRequest('the body is not JSON', { cause });
  }
}

function parseCbor(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return cbor.deserialize(body) as unknown;
  } catch (cause) {
    throw new MalformedRequest('the body is not CBOR', { cause });
  }
}

function decodeRest(
  model: ServiceModel,
  request: HttpRequest,
  dialect: 'rest-json' | 'rest-xml',
): DecodedRequest {
  const match = findRoute(model, request);
  if (!match)
    throw new MalformedRequest(
      `${model.serviceId} has no operation at ${request.method} ${request.path}?${request.query}`,
      { part: 'operation' },
    );
  const { operation, labels } = match;
  if (operation.input.kind !== 'structure') return { operation, dialect, input: {} };
  const input = readBindings(operation.input, request, labels);
  const payload = operation.input.members.find((member) => member.location?.in === 'payload');
  if (payload) {
    const value = readPayload(payload.shape, request.body, dialect);
    return {
      operation,
      dialect,
      input: value === undefined ? input : { ...input, [payload.name]: value },
    };
  }
  if (!operation.input.members.some((member) => member.location === undefined))
    return { operation, dialect, input };
  if (request.body.length === 0) return { operation, dialect, input };
  const document = documentShape(operation.input);
  const body =
    dialect === 'rest-json'
      ? readJson(document, parseJson(request.body), 'json-name')
      : readXml(document, parseXmlRoot(bodyText(request.body)));
  return { operation, dialect, input: { ...input, ...asInput(body) } };
}

/** The part of a structure that makes up the body document. */
function documentShape(shape: Shape): Shape {
  if (shape.kind !== 'structure') return shape;
  const members = shape.members.filter((member) => member.location === undefined);
  return { ...shape, members, byName: new Map(members.map((member) => [member.name, member])) };
}

function readPayload(shape: Shape, body: Uint8Array, dialect: 'rest-json' | 'rest-xml'): unknown {
  if (shape.kind === 'blob' || shape.kind === 'stream') return body;
  if (body.length === 0) return undefined;
  if (shape.kind === 'string') return bodyText(body);
  return dialect === 'rest-json'
    ? readJson(shape, parseJson(body), 'json-name')
    : readXml(shape, parseXmlRoot(bodyText(body)));
}

export interface AnswerContext {
  readonly model: ServiceModel;
  readonly dialect: Dialect;
  readonly requestId: string;
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespaceAttribute = (namespace: string): string =>
  namespace === '' ? '' : ` xmlns="${namespace}"`;

/** Encodes an operation's output in the form that the request spoke. */
export function encodeResponse(
  context: AnswerContext,
  operation: OperationModel,
  output: unknown,
): HttpResponse {
  const { model, dialect, requestId } = context;
  const requestIdHeader = { 'x-amzn-requestid': requestId };
  switch (dialect) {
    case 'json':
      return {
        status: 200,
        headers: {
          ...requestIdHeader,
          'content-type': `application/x-amz-json-${model.jsonVersion}`,
        },
        body: JSON.stringify(writeJson(operation.output, output ?? {}, 'member') ?? {}),
      };
    case 'cbor':
      return {
        status: 200,
        headers: {
          ...requestIdHeader,
          'content-type': 'application/cbor',
          'smithy-protocol': 'rpc-v2-cbor',
        },
        body: cbor.serialize(writeCbor(operation.output, output ?? {}, dateToTag) ?? {}),
      };
    case 'query': {
      const { name } = operation;
      const members =
        operation.output.kind === 'structure'
          ? writeXmlMembers(operation.output, output ?? {})
          : '';
      const result =
        operation.output.kind === 'unit' ? '' : `<${name}Result>${members}</${name}Result>`;
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xmlResponse(
        200,
        requestIdHeader,
        `<${name}Response${namespaceAttribute(model.xmlNamespace)}>${result}${metadata}</${name}Response>`,
      );
    }
    case 'ec2': {
      const { name } = operation;
      const members =
        operation.output.kind === 'structure'
          ? writeXmlMembers(operation.output, output ?? {})
          : '<return>true</return>';
      return xmlResponse(
        200,
        requestIdHeader,
        `<${name}Response${namespaceAttribute(model.xmlNamespace)}><requestId>${requestId}</requestId>${members}</${name}Response>`,
      );
    }
    case 'rest-json':
    case 'rest-xml':
      return encodeRest(context, dialect, operation, output);
    default:
      return dialect satisfies never;
  }
}

const xmlResponse = (
  status: number,
  headers: Record<string, string>,
  body: string,
): HttpResponse => ({
  status,
  headers: { ...headers, 'content-type': 'text/xml' },
  body: xmlHead + body,
});

function encodeRest(
  { model, requestId }: AnswerContext,
  dialect: 'rest-json' | 'rest-xml',
  operation: OperationModel,
  output: unknown,
): HttpResponse {
  const bound = bindResponse(operation.output, output, operation.route?.status ?? 200);
  const headers = {
    [model.signingName === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid']: requestId,
    ...bound.headers,
  };
  const contentType = dialect === 'rest-json' ? 'application/json' : 'application/xml';
  if (bound.payload) {
    const { member, value } = bound.payload;
    if (value === undefined || value === null) return { status: bound.status, headers, body: '' };
    if (['blob', 'stream', 'string'].includes(member.shape.kind))
      return { status: bound.status, headers, body: toBytes(value) };
    const body =
      dialect === 'rest-json'
        ? JSON.stringify(writeJson(member.shape, value, 'json-name'))
        : xmlHead +
          writeElement(
            member.shape.kind === 'structure' ? member.shape.xmlName : member.xmlName,
            member.shape,
            value,
          );
    return { status: bound.status, headers: { 'content-type': contentType, ...headers }, body };
  }
  if (!bound.hasDocument || operation.output.kind !== 'structure')
    return { status: bound.status, headers, body: '' };
  const document = documentShape(operation.output);
  const body =
    dialect === 'rest-json'
      ? JSON.stringify(writeJson(document, output ?? {}, 'json-name'))
      : rootedXml(model, operation, document, output ?? {});
  return { status: bound.status, headers: { 'content-type': contentType, ...headers }, body };
}

function rootedXml(
  model: ServiceModel,
  operation: OperationModel,
  document: Shape,
  output: unknown,
): string {
  if (document.kind !== 'structure') return '';
  const root = document.xmlName === '' ? `${operation.name}Result` : document.xmlName;
  const [only] = document.members;
  const value = isRecord(output) && only ? output[only.name] : undefined;
  // Where the one member has the name of the document, S3 writes only the member's text.
  const isBare = document.members.length === 1 && only?.xmlName === root;
  const content =
    isBare && (value === undefined || typeof value === 'string')
      ? escapeText(value ?? '')
      : writeXmlMembers(document, output);
  return `${xmlHead}<${root}${namespaceAttribute(document.xmlNamespace ?? model.xmlNamespace)}>${content}</${root}>`;
}

/** Encodes an error in the form that the request spoke. */
export function encodeError(
  { model, dialect, requestId }: AnswerContext,
  error: WireError,
): HttpResponse {
  const modelled = model.errors.get(error.code);
  const wireCode = modelled?.wireCode ?? error.code;
  const source = { ...error.details, message: error.message, Message: error.message };
  const sender = error.fault === 'client' ? 'Sender' : 'Receiver';
  const headers = { 'x-amzn-requestid': requestId };
  switch (dialect) {
    case 'json':
    case 'rest-json':
    case 'cbor': {
      const shapeName = modelled?.shape.name ?? error.code;
      const bound = modelled ? bindResponse(modelled.shape, source, error.status) : undefined;
      const body = {
        __type: shapeName,
        message: error.message,
        ...asInput(
          modelled &&
            writeJson(
              documentShape(modelled.shape),
              source,
              dialect === 'rest-json' ? 'json-name' : 'member',
            ),
        ),
      };
      const all = {
        ...headers,
        ...bound?.headers,
        'x-amzn-errortype': shapeName,
        ...(model.queryCompatible ? { 'x-amzn-query-error': `${wireCode};${sender}` } : {}),
      };
      if (dialect === 'cbor')
        return {
          status: error.status,
          headers: { ...all, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
          body: cbor.serialize(body),
        };
      const type =
        dialect === 'json' ? `application/x-amz-json-${model.jsonVersion}` : 'application/json';
      return {
        status: error.status,
        headers: { ...all, 'content-type': type },
        body: JSON.stringify(body),
      };
    }
    case 'query':
    case 'ec2':
    case 'rest-xml': {
      const extra = modelled ? writeXmlMembers(modelled.shape, { ...error.details }) : '';
      const inner = `<Code>${wireCode}</Code><Message>${escapeText(error.message)}</Message>${extra}`;
      if (dialect === 'ec2')
        return xmlResponse(
          error.status,
          headers,
          `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
        );
      if (dialect === 'query')
        return xmlResponse(
          error.status,
          headers,
          `<ErrorResponse${namespaceAttribute(model.xmlNamespace)}><Error><Type>${sender}</Type>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
        );
      const bound = modelled ? bindResponse(modelled.shape, source, error.status).headers : {};
      return xmlResponse(
        error.status,
        { 'x-amz-request-id': requestId, ...bound, ...error.headers },
        `<Error>${inner}<RequestId>${requestId}</RequestId></Error>`,
      );
    }
    default:
      return dialect satisfies never;
  }
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
