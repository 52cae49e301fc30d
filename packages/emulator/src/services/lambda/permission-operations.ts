import type * as client from '@aws-sdk/client-lambda';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { bindPolicy } from '../iam/principal-binding.ts';
import { functionCheck, invalid, requireFunction } from './function-name.ts';
import type { LambdaFunction, PermissionStatement } from './state.ts';

const policyBytesMax = 20_480; // Lambda Developer Guide, "Lambda quotas": function resource-based policy
const actionPattern = /^lambda:(\*|[A-Za-z]+\*?)$/;

export const addPermission = operation<
  client.AddPermissionCommandInput,
  Partial<client.AddPermissionCommandOutput>
>({
  authorize: (input, call) =>
    functionCheck(call, 'AddPermission', input.FunctionName, {
      qualifier: input.Qualifier,
      context: { 'lambda:Principal': input.Principal },
    }),
  run(input, call) {
    onlyModelled(
      input,
      [
        'FunctionName',
        'StatementId',
        'Action',
        'Principal',
        'SourceArn',
        'SourceAccount',
        'PrincipalOrgID',
        'Qualifier',
        'RevisionId',
      ],
      'InvalidParameterValueException',
    );
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    // The message is as users report it. A name can carry the qualifier too.
    if (input.Qualifier === '$LATEST' || input.FunctionName?.endsWith(':$LATEST'))
      throw invalid('We currently do not support adding policies for $LATEST.');
    requireRevision(fn, input.RevisionId);
    const id = input.StatementId ?? '';
    if (fn.permissions.has(id))
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        { status: 409 },
      );
    const statement = readStatement(fn, input);
    const permissions = new Map([...fn.permissions, [id, statement]]);
    compile(call, fn, permissions);
    fn.permissions.set(id, statement);
    return { Statement: JSON.stringify(statement) };
  },
});

function requireRevision(fn: LambdaFunction, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== fn.revisionId)
    throw new AwsError(
      'PreconditionFailedException',
      'The RevisionId provided does not match the latest RevisionId.',
      { status: 412 },
    );
}

function readStatement(
  fn: LambdaFunction,
  input: client.AddPermissionCommandInput,
): PermissionStatement {
  const { Action: action = '', SourceArn, SourceAccount, PrincipalOrgID } = input;
  if (!actionPattern.test(action)) throw invalid(`${action} is not an action of Lambda`);
  const equals = {
    ...(SourceAccount === undefined ? {} : { 'AWS:SourceAccount': SourceAccount }),
    ...(PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': PrincipalOrgID }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: readPrincipal(input.Principal ?? ''),
    Action: action,
    Resource: fn.arn,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

/** A service, an account, the ARN of a user or role, or everybody. */
function readPrincipal(principal: string): unknown {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (principal.startsWith('arn:')) return { AWS: principal };
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: principal };
  throw invalidPrincipal();
}

const invalidPrincipal = (): AwsError =>
  invalid('The provided principal was invalid. Please check the principal and try again.');

/** Compiles the policy that the statements make up. */
function compile(
  call: Call,
  fn: LambdaFunction,
  permissions: ReadonlyMap<string, PermissionStatement>,
): void {
  if (permissions.size === 0) {
    fn.policy = undefined;
    fn.revisionId = call.uuid('revision');
    return;
  }
  const document = documentOf(permissions);
  if (Buffer.byteLength(document) > policyBytesMax)
    throw new AwsError(
      'PolicyLengthExceededException',
      `The final policy size (${Buffer.byteLength(document)}) is bigger than the limit (${policyBytesMax}).`,
      { status: 400 },
    );
  try {
    fn.policy = bindPolicy(call.world, document, {
      name: `${fn.name} policy`,
      kind: 'resource',
      resourceElement: 'required',
    }).compiled;
    fn.revisionId = call.uuid('revision');
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw error.message.includes('principal') ? invalidPrincipal() : invalid(error.message);
  }
}

const documentOf = (permissions: ReadonlyMap<string, PermissionStatement>): string =>
  JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: [...permissions.values()] });

export const removePermission = operation<
  client.RemovePermissionCommandInput,
  Partial<client.RemovePermissionCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'RemovePermission', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    requireRevision(fn, input.RevisionId);
    if (!fn.permissions.delete(input.StatementId ?? ''))
      throw new AwsError(
        'ResourceNotFoundException',
        `Statement ${String(input.StatementId)} is not found in resource policy.`,
        { status: 404 },
      );
    compile(call, fn, fn.permissions);
    return {};
  },
});

export const getPolicy = operation<
  client.GetPolicyCommandInput,
  Partial<client.GetPolicyCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'GetPolicy', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    if (fn.permissions.size === 0)
      throw new AwsError(
        'ResourceNotFoundException',
        'The resource you requested does not exist.',
        { status: 404 },
      );
    return { Policy: documentOf(fn.permissions), RevisionId: fn.revisionId };
  },
});
