import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { dynamodbState, type Table } from './state.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export const notModelled = (what: string): AwsError =>
  new AwsError('NotImplemented', `${what} is not modelled by this emulator`, { status: 501 });

/** An operation that names the members which it models; any other one in a request is refused. */
export function tableOperation<I extends object, O>(
  members: readonly (keyof I & string)[],
  definition: Operation<I, O>,
): Operation {
  const known = new Set<string>(members);
  return operation<I, O>({
    authorize(input, call) {
      const strange = Object.keys(input).find((member) => !known.has(member));
      if (strange !== undefined) throw notModelled(`${strange} of ${call.operationName}`);
      return definition.authorize(input, call);
    },
    run: definition.run,
  });
}

const ownTable = /^arn:aws:dynamodb:([^:]*):(\d{12}):table\/([A-Za-z0-9_.-]+)$/;

/** A table may be named by its ARN; tables of other places need resource policies, which are not modelled. */
export function tableName(scope: Scope, nameOrArn: string | undefined): string {
  if (nameOrArn?.startsWith('arn:') !== true) return nameOrArn ?? '';
  const [, region, account, name] = ownTable.exec(nameOrArn) ?? [];
  if (name === undefined) throw invalid(`Invalid TableArn: ${nameOrArn}`);
  if (region !== scope.region || account !== scope.account)
    throw notModelled('a table of another account or Region');
  return name;
}

export const tableArn = (scope: Scope, name: string): string => scope.arn(`table/${name}`);

export const findTable = (scope: Scope, name: string): Table | undefined =>
  dynamodbState.in(scope).tables.get(name);

/** @throws AwsError `ResourceNotFoundException` */
export function requireTable(scope: Scope, nameOrArn: string | undefined): Table {
  const name = tableName(scope, nameOrArn);
  const table = findTable(scope, name);
  if (!table)
    throw new AwsError(
      'ResourceNotFoundException',
      `Requested resource not found: Table: ${name} not found`,
    );
  return table;
}

/** A table whose items can be reached: not while it is made or deleted. */
export function requireOpenTable(scope: Scope, name: string): Table {
  const table = findTable(scope, name);
  if (!table || table.status === 'CREATING' || table.status === 'DELETING')
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  return table;
}

export const tagContext = (
  kind: 'aws:ResourceTag' | 'aws:RequestTag',
  tags: Iterable<readonly [string, string]>,
): Record<string, string> =>
  Object.fromEntries([...tags].map(([key, value]) => [`${kind}/${key}`, value]));

/** The check of an operation on one table; DynamoDB names the table whether it exists or not. */
export function tableCheck(
  call: Call,
  nameOrArn: string | undefined,
  action: string,
  context: AccessCheck['context'] = {},
): AccessCheck {
  const name = tableName(call, nameOrArn);
  const tags = findTable(call, name)?.tags ?? new Map<string, string>();
  return {
    action: `dynamodb:${action}`,
    resource: tableArn(call, name),
    context: {
      'aws:ResourceAccount': call.account,
      ...tagContext('aws:ResourceTag', tags),
      ...context,
    },
  };
}
