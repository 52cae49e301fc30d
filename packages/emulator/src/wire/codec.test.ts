import { describe, expect, it } from '@jest/globals';
import {
  HttpResponse as SdkResponse,
  type HttpRequest as SdkRequest,
} from '@smithy/core/transport';
import { buildQueryString } from '@smithy/core/protocols';
import { Readable } from 'node:stream';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as imagebuilder from '@aws-sdk/client-imagebuilder';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as organizations from '@aws-sdk/client-organizations';
import * as s3 from '@aws-sdk/client-s3';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { generateValue } from '../../test/generate-value.ts';
import { decodeRequest, dialectOf, encodeError, encodeResponse } from './codec.ts';
import type { HttpRequest } from './http.ts';
import { readServiceModel, type OperationModel, type ServiceModel } from './model.ts';

const modules = {
  cloudformation,
  cloudwatch,
  dynamodb,
  ec2,
  eventbridge,
  iam,
  imagebuilder,
  kms,
  lambda,
  logs,
  organizations,
  s3,
  scheduler,
  sns,
  sqs,
  ssm,
  sts,
};

/** Operations whose body is an event stream; the emulator models none of them. */
const eventStreams = new Set([
  'SelectObjectContent',
  'InvokeWithResponseStream',
  'StartLiveTail',
  'GetLogObject',
]);

/** The protocol object of an SDK client: what really writes requests and reads responses. */
interface SdkProtocol {
  setSerdeContext(context: unknown): void;
  serializeRequest(schema: unknown, input: unknown, context: unknown): Promise<SdkRequest>;
  deserializeResponse(
    schema: unknown,
    context: unknown,
    response: SdkResponse,
  ): Promise<Record<string, unknown>>;
}

interface Witness {
  readonly model: ServiceModel;
  readonly protocol: SdkProtocol;
  readonly context: unknown;
  readonly schemas: ReadonlyMap<string, unknown>;
}

function witnessOf(clientModule: object): Witness {
  const [, Client] =
    Object.entries(clientModule).find(
      ([name, value]) => typeof value === 'function' && /^[A-Z]\w*Client$/.test(name),
    ) ?? [];
  const client = new (
    Client as new (config: object) => {
      config: { protocol: SdkProtocol } & Record<string, unknown>;
    }
  )({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const context = {
    ...client.config,
    endpoint: () =>
      Promise.resolve({ protocol: 'http:', hostname: '127.0.0.1', port: 1, path: '/' }),
  };
  client.config.protocol.setSerdeContext(context);
  const schemas = new Map(
    Object.values(clientModule)
      .filter((value): value is unknown[] => Array.isArray(value) && value[0] === 9)
      .map((value) => [
        String(value[2]),
        {
          name: value[2],
          namespace: value[1],
          traits: value[3],
          input: resolve(value[4]),
          output: resolve(value[5]),
        },
      ]),
  );
  return {
    model: readServiceModel(clientModule),
    protocol: client.config.protocol,
    context,
    schemas,
  };
}

const resolve = (value: unknown): unknown =>
  typeof value === 'function' ? (value as () => unknown)() : value;

/** What reaches the decoder when the SDK sends this input; S3's bucket is put into the path by the endpoint rules. */
async function serialize(
  witness: Witness,
  operation: OperationModel,
  input: Record<string, unknown>,
): Promise<HttpRequest> {
  const request = await witness.protocol.serializeRequest(
    witness.schemas.get(operation.name),
    input,
    witness.context,
  );
  const wantsBucket =
    witness.model.signingName === 's3' &&
    operation.input.kind === 'structure' &&
    operation.input.byName.get('Bucket')?.location?.in === 'label';
  const path = wantsBucket
    ? `/${encodeURIComponent(String(input['Bucket']))}${request.path}`
    : request.path;
  return {
    method: request.method,
    path,
    query: buildQueryString(request.query),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body:
      typeof request.body === 'string'
        ? Buffer.from(request.body)
        : ((request.body as Uint8Array | undefined) ?? new Uint8Array()),
  };
}

/** Streams come back as readables and string payloads as special strings; compare by content. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Readable) {
    const chunks: Buffer[] = [];
    for await (const chunk of value) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString('base64');
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value instanceof String) return value.toString();
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null) {
    if ('string' in value && 'type' in value && value.type === 'bigDecimal')
      return Number(value.string);
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await plain(item)] as const),
    );
    return Object.fromEntries(
      entries.filter(([key, item]) => item !== undefined && key !== '$metadata'),
    );
  }
  return value;
}

const roundTrips = (operation: OperationModel): boolean => !eventStreams.has(operation.name);

describe.each(Object.entries(modules))('the codec and the SDK client of %s', (_, clientModule) => {
  const witness = witnessOf(clientModule);
  const operations = [...witness.model.operations.values()].filter(roundTrips);

  it('understands every request that the client can write', async () => {
    const failures: string[] = [];
    for (const operation of operations) {
      const input = (generateValue(operation.input, `${operation.name}/in`) ?? {}) as Record<
        string,
        unknown
      >;
      try {
        const decoded = decodeRequest(witness.model, await serialize(witness, operation, input));
        expect(decoded.operation.name).toBe(operation.name);
        expect(await plain(decoded.input)).toEqual(await plain(input));
      } catch (error) {
        failures.push(`${operation.name}: ${String(error).slice(0, 900)}`);
      }
    }
    expect(failures).toEqual([]);
    expect(operations.length).toBeGreaterThan(5);
  });

  it('answers in a form that the client reads back unchanged', async () => {
    const failures: string[] = [];
    for (const operation of operations) {
      const output = generateValue(operation.output, `${operation.name}/out`);
      const input = (generateValue(operation.input, `${operation.name}/in`) ?? {}) as Record<
        string,
        unknown
      >;
      try {
        const dialect = dialectOf(witness.model, await serialize(witness, operation, input));
        const answer = encodeResponse(
          { model: witness.model, dialect, requestId: 'r' },
          operation,
          output,
        );
        const body =
          typeof answer.body === 'string' ? Buffer.from(answer.body) : Buffer.from(answer.body);
        const response = new SdkResponse({
          statusCode: answer.status,
          headers: answer.headers,
          body: Readable.from([body], { objectMode: false }),
        });
        const read = await witness.protocol.deserializeResponse(
          witness.schemas.get(operation.name),
          witness.context,
          response,
        );
        expect(await plain(read)).toEqual(await plain(output ?? {}));
      } catch (error) {
        failures.push(`${operation.name}: ${String(error).slice(0, 900)}`);
      }
    }
    expect(failures).toEqual([]);
  });

  it('names every modelled error so that the client makes the right exception', async () => {
    const failures: string[] = [];
    const operation = operations[0];
    if (!operation) throw new Error('a client without operations');
    const dialect = dialectOf(
      witness.model,
      await serialize(
        witness,
        operation,
        (generateValue(operation.input, 'x') ?? {}) as Record<string, unknown>,
      ),
    );
    for (const [name, error] of witness.model.errors) {
      // By wire code alone an error cannot be told from another one that is named like this code.
      if (name !== error.shape.name || witness.model.errors.get(error.wireCode) !== error) continue;
      const answer = encodeError(
        { model: witness.model, dialect, requestId: 'r' },
        { code: name, message: 'the <reason> & more', status: error.status, fault: error.fault },
      );
      const response = new SdkResponse({
        statusCode: answer.status,
        headers: answer.headers,
        body: Readable.from([Buffer.from(answer.body as string)], { objectMode: false }),
      });
      const thrown: unknown = await witness.protocol
        .deserializeResponse(witness.schemas.get(operation.name), witness.context, response)
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      const seen = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
      if (seen !== `${name}: the <reason> & more`) failures.push(`${name} came back as ${seen}`);
    }
    expect(failures).toEqual([]);
  });
});
