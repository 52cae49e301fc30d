import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { AwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import type { ItemReader, Json } from '../asl/definition.ts';
import { evaluateTemplate } from '../asl/evaluate-template.ts';
import { StateError } from '../asl/state-error.ts';
import { executionSession } from '../engine/execution-session.ts';
import { isList, isObject } from '../engine/value.ts';
import type { MapRunRequest } from '../engine-seam.ts';
import { evaluateNumber } from './evaluate-number.ts';
import { parseShallowJson } from '../../../wire/json-depth.ts';

/** One element of what a map runs over, as `$states.context.Map.Item` shows it. */
export interface MapItem {
  readonly value: Json;
  /** Of a member of an object. */
  readonly key?: string;
  readonly source: string;
}

const itemReaderFailed = (cause: string): StateError =>
  new StateError('States.ItemReaderFailed', cause);

/**
 * What a map runs over: `Items`, the input of the state without it, or what `ItemReader` finds in S3.
 *
 * Source: Step Functions Developer Guide, "ItemReader (Map)", "Distributed mode" (`Items`), "Context object" (`Source`).
 * @throws StateError States.ItemReaderFailed, States.QueryEvaluationError
 */
export async function readItems(scope: Scope, request: MapRunRequest): Promise<readonly MapItem[]> {
  const { state, evaluation } = request;
  if (state.ItemReader) return readFromBucket(scope, request, state.ItemReader);
  if (state.Items === undefined) return itemsOf(evaluation.input);
  return itemsOf(await evaluateTemplate(state.Items, evaluation, 'Items'));
}

/** An array's elements; an object's members. */
function itemsOf(value: Json): readonly MapItem[] {
  const source = 'STATE_DATA';
  if (isList(value)) return value.map((element) => ({ value: element, source }));
  if (isObject(value))
    return Object.entries(value).map(([key, member]) => ({ key, value: member, source }));
  throw new StateError(
    'States.QueryEvaluationError',
    `The field 'Items' returned an unexpected result type. Expected 'array' or 'object', but was '${value === null ? 'null' : typeof value}'.`,
  );
}

async function readFromBucket(
  scope: Scope,
  request: MapRunRequest,
  reader: ItemReader,
): Promise<readonly MapItem[]> {
  const itemsMax =
    reader.MaxItems === undefined
      ? Number.MAX_SAFE_INTEGER
      : await evaluateNumber(reader.MaxItems, request.evaluation, {
          field: 'ItemReader/ReaderConfig/MaxItems',
          min: 1,
          isInteger: true,
        });
  const place = await placeOf(request, reader);
  try {
    return reader.Resource === 'arn:aws:states:::s3:listObjectsV2'
      ? await listObjects(scope, request, { ...place, itemsMax })
      : (await readObject(scope, request, { reader, place })).slice(0, itemsMax);
  } catch (error) {
    if (error instanceof AwsError)
      throw itemReaderFailed(
        `${error.message} (Service: Amazon S3; Status Code: ${error.status ?? 400}; Error Code: ${error.code})`,
      );
    throw error;
  }
}

interface Place {
  readonly Bucket: string;
  readonly Key: string | undefined;
  readonly Prefix: string | undefined;
  readonly VersionId: string | undefined;
}

async function placeOf(request: MapRunRequest, reader: ItemReader): Promise<Place> {
  const value = await evaluateTemplate(
    reader.Arguments ?? {},
    request.evaluation,
    'ItemReader/Arguments',
  );
  if (!isObject(value))
    throw itemReaderFailed('The Arguments of the ItemReader are not an object.');
  const isListing = reader.Resource === 'arn:aws:states:::s3:listObjectsV2';
  const known = isListing ? ['Bucket', 'Prefix'] : ['Bucket', 'Key', 'VersionId'];
  const texts = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    if (!known.includes(name))
      throw itemReaderFailed(`${name} of ItemReader is not modelled by this emulator.`);
    if (typeof member !== 'string')
      throw itemReaderFailed(`The argument ${name} of the ItemReader is not a string.`);
    texts.set(name, member);
  }
  const missing = (isListing ? ['Bucket'] : ['Bucket', 'Key']).find((name) => !texts.has(name));
  if (missing !== undefined)
    throw itemReaderFailed(`The ItemReader lacks the argument ${missing}.`);
  return {
    Bucket: texts.get('Bucket') ?? '',
    Key: texts.get('Key'),
    Prefix: texts.get('Prefix'),
    VersionId: texts.get('VersionId'),
  };
}

async function readObject(
  scope: Scope,
  { parent }: MapRunRequest,
  { reader, place }: { reader: ItemReader; place: Place },
): Promise<readonly MapItem[]> {
  const { Bucket, Key, VersionId } = place;
  const { Body } = await scope.send(new GetObjectCommand({ Bucket, Key, VersionId }), {
    as: executionSession(scope, parent),
  });
  const body: unknown = Body;
  if (!(body instanceof Uint8Array)) throw new TypeError('GetObject answered without bytes');
  const text = Buffer.from(body).toString('utf8');
  const source = `S3://${Bucket}/${Key ?? ''}`;
  return parseDataset(text, reader.InputType).map((value) => ({ value, source }));
}

function parseDataset(text: string, inputType: ItemReader['InputType']): readonly Json[] {
  switch (inputType) {
    case 'JSON': {
      const value = parseJson(text);
      if (!isList(value)) throw itemReaderFailed('Attempting to map over non-iterable node.');
      return value;
    }
    case 'JSONL':
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseJson);
    case 'CSV':
    case undefined:
      throw itemReaderFailed(
        `the input type ${inputType ?? 'none'} of ItemReader is not modelled by this emulator`,
      );
    default:
      return inputType satisfies never;
  }
}

function parseJson(text: string): Json {
  try {
    return parseShallowJson(text) as Json;
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw itemReaderFailed(`The dataset is not valid JSON: ${cause.message}`);
    throw cause;
  }
}

/** Pages to the end: the role needs `s3:ListBucket`. The ETag keeps its quotes, the time is in seconds. */
async function listObjects(
  scope: Scope,
  { parent }: MapRunRequest,
  { Bucket, Prefix, itemsMax }: Place & { itemsMax: number },
): Promise<readonly MapItem[]> {
  const items: MapItem[] = [];
  let token: string | undefined;
  do {
    const page = await scope.send(
      new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }),
      { as: executionSession(scope, parent) },
    );
    for (const object of page.Contents ?? [])
      items.push({
        source: `S3://${Bucket}`,
        value: {
          Etag: object.ETag ?? '',
          Key: object.Key ?? '',
          LastModified: (object.LastModified?.getTime() ?? 0) / 1_000,
          Size: object.Size ?? 0,
          StorageClass: object.StorageClass ?? 'STANDARD',
        },
      });
    token = page.NextContinuationToken;
  } while (token !== undefined && items.length < itemsMax);
  return items.slice(0, itemsMax);
}
