import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';

// dynalite 4.0.0 (Apache-2.0) validates requests, parses expressions and works on items. Its HTTP server, its table
// metadata, its LevelDB, its clock and its delays are not used: items stand in the tables of this emulator.

/** An attribute value as JSON carries it: `{S: 'text'}`; bytes are base64. */
export type Attribute = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Attribute>>;

/** A document path; numbers are list indexes. */
export type Path = readonly (string | number)[];

/** A parsed condition or filter expression. */
export interface Expression {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly (Expression | Path | Attribute)[];
}

interface ParsedExpression {
  expression: Expression;
  readonly pathHeads: Readonly<Record<string, true>>;
}

export interface Projection {
  readonly paths: readonly Path[] | undefined;
  readonly nestedPaths: Readonly<Record<string, true>>;
}

/** A request after validation, with its expressions parsed. */
export interface Request extends Record<string, unknown> {
  TableName?: string;
  Limit?: number | undefined;
  Select?: string | undefined;
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: string;
  Key?: Item;
  Item?: Item;
  AttributesToGet?: readonly string[] | undefined;
  KeyConditions?: Readonly<Record<string, { readonly AttributeValueList?: readonly Attribute[] }>>;
  RequestItems?: Readonly<Record<string, unknown>>;
  _condition?: ParsedExpression | undefined;
  _filter?: ParsedExpression | undefined;
  _projection?: Projection | undefined;
  _updates?: { sections: UpdateSection[]; readonly paths: readonly Path[] };
}

export interface UpdateSection {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: Path;
}

export interface TableShape {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
}

type Done<T> = (error: Error | null, value?: T) => void;

/** The storage that the actions work on. */
export interface Store {
  readonly options: { readonly maxItemSize: number };
  getTable(name: string, done: Done<TableShape>): void;
  getItemDb(name: string): ItemDb;
}

export interface ItemDb {
  lock(key: string, work: (release: <F>(done: F) => F) => void): void;
  get(key: string, done: Done<Item>): void;
  put(key: string, item: Item, done: Done<never>): void;
  del(key: string, done: Done<never>): void;
  createValueStream(range: KeyRange): Readable;
}

export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

type Action = (store: Store, request: Request, done: Done<Record<string, unknown>>) => void;

interface Rules {
  readonly types: object;
  readonly custom: (request: Request, store: Store) => string | undefined;
}

interface Validations {
  checkTypes(data: Record<string, unknown>, types: object): Request;
  checkValidations(request: Request, types: object, custom: Rules['custom'], store: Store): void;
}

interface Db {
  validateKey(key: Item, table: TableShape): Error | null | undefined;
  validateItem(item: Item, table: TableShape): Error | null | undefined;
  validateKeyPaths(
    nestedPaths: Projection['nestedPaths'] | undefined,
    table: TableShape,
  ): Error | null | undefined;
  createKey(item: Item, table: TableShape): string;
  matchesExprFilter(item: Item, expression: Expression): boolean;
  mapPath(path: Path, item: Item): Attribute | null | undefined;
  mapPaths(paths: readonly (Path | string)[], item: Item): Item;
  validationError(message: string): Error;
  capacityUnits(item: Item | undefined, isRead: boolean, isConsistent: boolean): number;
}

// dynalite is CommonJS without types; what is loaded here has the types above.
const require = createRequire(import.meta.url);

export const dynaliteDb = require('dynalite/db/index.js') as Db;
const validations = require('dynalite/validations/index.js') as Validations;

const rules = {
  BatchGetItem: require('dynalite/validations/batchGetItem.js') as Rules,
  BatchWriteItem: require('dynalite/validations/batchWriteItem.js') as Rules,
  CreateTable: require('dynalite/validations/createTable.js') as Rules,
  DeleteItem: require('dynalite/validations/deleteItem.js') as Rules,
  GetItem: require('dynalite/validations/getItem.js') as Rules,
  PutItem: require('dynalite/validations/putItem.js') as Rules,
  Query: require('dynalite/validations/query.js') as Rules,
  Scan: require('dynalite/validations/scan.js') as Rules,
  UpdateItem: require('dynalite/validations/updateItem.js') as Rules,
} as const;

const actions = {
  DeleteItem: require('dynalite/actions/deleteItem.js') as Action,
  GetItem: require('dynalite/actions/getItem.js') as Action,
  PutItem: require('dynalite/actions/putItem.js') as Action,
  Query: require('dynalite/actions/query.js') as Action,
  Scan: require('dynalite/actions/scan.js') as Action,
  UpdateItem: require('dynalite/actions/updateItem.js') as Action,
} as const;

export type ValidatedOperation = keyof typeof rules;
type ItemOperation = keyof typeof actions;

/** The operations whose inputs dynalite validates, in DynamoDB's own words. */
export const validatedOperations: ReadonlySet<string> = new Set(Object.keys(rules));

/** Sizes are checked by this emulator, in bytes. */
const unlimited = { options: { maxItemSize: Number.POSITIVE_INFINITY } };

/**
 * Validates a request in its JSON form and parses its expressions.
 *
 * @throws AwsError `ValidationException` or `SerializationException`
 */
export function validateRequest(
  operation: ValidatedOperation,
  json: Record<string, unknown>,
): Request {
  const { types, custom } = rules[operation];
  try {
    const request = validations.checkTypes(json, types);
    validations.checkValidations(request, types, custom, unlimited as Store);
    return request;
  } catch (error) {
    throw toAwsError(error);
  }
}

/** Runs one action on the items of a store. */
export async function runAction(
  operation: ItemOperation,
  store: Store,
  request: Request,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    actions[operation](store, request, (error, value) => {
      if (error) reject(toAwsError(error));
      else resolve(value ?? {});
    });
  });
}

/** Errors of dynalite carry the body that DynamoDB would send; anything else is a defect. */
function toAwsError(error: unknown): Error {
  if (!(error instanceof Error)) return new TypeError(String(error));
  const body: unknown = 'body' in error ? error.body : undefined;
  if (!isRecord(body) || typeof body['__type'] !== 'string') return error;
  const message = body['message'] ?? body['Message'];
  return new AwsError(
    body['__type'].split('#').at(-1) ?? '',
    typeof message === 'string' ? message : error.message,
  );
}

/** @throws AwsError when one of dynalite's checks found something */
export function requireValid(found: Error | null | undefined): void {
  if (found) throw toAwsError(found);
}
