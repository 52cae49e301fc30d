import { ConstraintTable, type ConstraintFile } from './constraints.ts';
import { compileShape, type Shape, type StructureShape } from './shape.ts';

export type ProtocolName = 'query' | 'ec2' | 'json' | 'rest-json' | 'rest-xml';

/** The HTTP binding of one REST operation. */
export interface HttpRoute {
  readonly method: string;
  /** Path segments; a label is `{name}` or, where it may hold slashes, `{name+}`. */
  readonly segments: readonly string[];
  /** Query parameters that are part of the route itself. */
  readonly fixedQuery: readonly (readonly [key: string, value: string])[];
  readonly status: number;
}

export interface OperationModel {
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly route: HttpRoute | undefined;
}

export interface ErrorModel {
  readonly shape: StructureShape;
  readonly status: number;
  readonly fault: 'client' | 'server';
  /** The code that travels; the query protocols drop the `Fault` or `Exception` that the shape's name carries. */
  readonly wireCode: string;
}

/** Everything that the codec knows about one service, read from the schemas that the SDK client exports. */
export interface ServiceModel {
  /** The name in a request's credential scope, e.g. `monitoring` for CloudWatch. */
  readonly signingName: string;
  readonly serviceId: string;
  /** The model's namespace, which commands carry, e.g. `com.amazonaws.sqs`. */
  readonly namespace: string;
  readonly protocol: ProtocolName;
  readonly jsonVersion: '1.0' | '1.1';
  readonly targetPrefix: string;
  readonly apiVersion: string;
  readonly xmlNamespace: string;
  readonly queryCompatible: boolean;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By shape name and by wire code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
  /** Lengths, ranges, patterns and enums of inputs. */
  readonly constraints: ConstraintTable;
  /** What it was read from. */
  readonly clientModule: object;
}

type Schema = readonly unknown[];
const isSchema = (value: unknown, code: number): value is Schema =>
  Array.isArray(value) && value[0] === code;

interface ClientConfig {
  readonly serviceId?: unknown;
  readonly defaultSigningName?: unknown;
  readonly protocol?: Record<string, unknown>;
}
type ClientConstructor = new (config: object) => { readonly config: ClientConfig };

const protocolNames: Readonly<Record<string, ProtocolName>> = {
  'aws.protocols#awsQuery': 'query',
  'aws.protocols#ec2Query': 'ec2',
  'aws.protocols#awsJson1_0': 'json',
  'aws.protocols#awsJson1_1': 'json',
  'aws.protocols#restJson1': 'rest-json',
  'aws.protocols#restXml': 'rest-xml',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/**
 * Reads a service's model from an SDK client module (`import * as sqs from '@aws-sdk/client-sqs'`).
 *
 * @param constraints what the schemas leave out; without it lengths, ranges, patterns and enums are not checked
 * @throws TypeError when the module exports no client, or one of a protocol that the codec does not speak
 */
export function readServiceModel(clientModule: object, constraints?: ConstraintFile): ServiceModel {
  const exported = Object.entries(clientModule);
  const found = exported.find(
    ([name, value]) => typeof value === 'function' && /^[A-Z]\w*Client$/.test(name),
  );
  if (!found) throw new TypeError('the module exports no SDK client');
  const Client = found[1] as ClientConstructor;
  const { config } = new Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const protocol = record(config.protocol);
  const shapeId = text((protocol['getShapeId'] as (() => unknown) | undefined)?.call(protocol));
  const name = protocolNames[shapeId];
  if (!name) throw new TypeError(`the protocol ${shapeId} of ${found[0]} is not modelled`);
  const options = record(protocol['options']);
  return {
    signingName: text(config.defaultSigningName),
    serviceId: text(config.serviceId),
    namespace: namespaceOf(exported),
    protocol: name,
    jsonVersion: shapeId.endsWith('1_0') ? '1.0' : '1.1',
    targetPrefix: text(protocol['serviceTarget']),
    apiVersion: text(options['version']),
    xmlNamespace: text(options['xmlNamespace']),
    queryCompatible: Boolean(protocol['awsQueryCompatible']),
    operations: readOperations(exported),
    errors: readErrors(exported),
    constraints: new ConstraintTable(constraints, clientModule),
    clientModule,
  };
}

const namespaceOf = (exported: readonly [string, unknown][]): string => {
  const found = exported.find(([, value]) => isSchema(value, 9));
  return found && isSchema(found[1], 9) ? text(found[1][1]) : '';
};

function readOperations(
  exported: readonly [string, unknown][],
): ReadonlyMap<string, OperationModel> {
  const operations = new Map<string, OperationModel>();
  for (const [, value] of exported) {
    if (!isSchema(value, 9)) continue;
    const operationName = text(value[2]);
    const resolve = (member: unknown): unknown =>
      typeof member === 'function' ? (member as () => unknown)() : member;
    let input: Shape | undefined;
    let output: Shape | undefined;
    // Compiled on first use: a client such as EC2 has hundreds of operations and a run touches a few dozen.
    operations.set(operationName, {
      name: operationName,
      get input() {
        return (input ??= compileShape(resolve(value[4])));
      },
      get output() {
        return (output ??= compileShape(resolve(value[5])));
      },
      route: readRoute(value[3]),
    });
  }
  return operations;
}

function readRoute(traits: unknown): HttpRoute | undefined {
  const http = record(traits)['http'];
  if (!Array.isArray(http)) return undefined;
  const [method, uri, status] = http as unknown[];
  const [path = '', query = ''] = text(uri).split('?');
  return {
    method: text(method),
    segments: path.split('/').filter((segment) => segment !== ''),
    fixedQuery: [...new URLSearchParams(query)],
    status: typeof status === 'number' ? status : 200,
  };
}

function readErrors(exported: readonly [string, unknown][]): ReadonlyMap<string, ErrorModel> {
  const errors = new Map<string, ErrorModel>();
  for (const [, value] of exported) {
    // The SDK adds a base exception of its own that no service sends.
    if (!isSchema(value, -3) || text(value[1]).startsWith('smithy.ts.sdk.synthetic')) continue;
    const shape = compileShape(value);
    if (shape.kind !== 'structure') continue;
    const traits = record(value[3]);
    const fault = traits['error'] === 'server' ? 'server' : 'client';
    const compat = traits['awsQueryError'];
    const wireCode = Array.isArray(compat) ? text(compat[0]) : shape.name;
    const status: unknown = traits['httpError'] ?? (Array.isArray(compat) ? compat[1] : undefined);
    const model: ErrorModel = {
      shape,
      fault,
      wireCode,
      status: typeof status === 'number' ? status : fault === 'server' ? 500 : 400,
    };
    errors.set(shape.name, model);
    if (!errors.has(wireCode)) errors.set(wireCode, model);
  }
  return errors;
}
