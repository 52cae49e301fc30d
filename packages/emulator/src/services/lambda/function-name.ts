import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { lambdaState, type LambdaFunction } from './state.ts';

/** What a caller means by a function name, a partial ARN or an ARN. */
export interface FunctionPlace {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly qualifier: string | undefined;
}

const namePattern =
  /^(?:arn:aws:lambda:([a-z0-9-]+):)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]+))?$/;

/** @throws AwsError ValidationException for what is no function name */
export function placeOf(call: Scope, text: string | undefined, qualifier?: string): FunctionPlace {
  const [, region = call.region, account = call.account, name, suffix] =
    namePattern.exec(text ?? '') ?? [];
  if (name === undefined)
    throw new AwsError(
      'ValidationException',
      `Value '${String(text)}' at 'functionName' failed to satisfy constraint: it is no name or ARN of a function`,
    );
  if (suffix !== undefined && qualifier !== undefined && suffix !== qualifier)
    throw invalid(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  return { account, region, name, qualifier: qualifier ?? suffix };
}

export const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, { status: 400 });

export const functionArn = ({ account, region, name }: Omit<FunctionPlace, 'qualifier'>): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;

export const findFunction = (scope: Scope, place: FunctionPlace): LambdaFunction | undefined =>
  lambdaState
    .in(scope.at({ account: place.account, region: place.region }))
    .functions.get(place.name);

export const notFound = (place: FunctionPlace): AwsError =>
  new AwsError(
    'ResourceNotFoundException',
    `Function not found: ${functionArn(place)}${place.qualifier === undefined ? '' : `:${place.qualifier}`}`,
    { status: 404 },
  );

/**
 * The function that a name means. Versions and aliases do not exist here, so every qualifier but $LATEST is unknown.
 *
 * @throws AwsError ResourceNotFoundException
 */
export function requireFunction(
  call: Scope,
  text: string | undefined,
  qualifier?: string,
): LambdaFunction {
  const place = placeOf(call, text, qualifier);
  if (place.region !== call.region)
    throw new AwsError(
      'ResourceNotFoundException',
      `Functions from '${place.region}' are not reachable in this region ('${call.region}')`,
      { status: 404 },
    );
  const found = findFunction(call, place);
  if (!found || (place.qualifier !== undefined && place.qualifier !== '$LATEST'))
    throw notFound(place);
  return found;
}

/** What Lambda checks for an action on a function; a function's policy lets other accounts and services in. */
export function functionCheck(
  call: Call,
  action: string,
  text: string | undefined,
  options: { qualifier?: string | undefined; context?: AccessCheck['context'] } = {},
): AccessCheck {
  const place = placeOf(call, text, options.qualifier);
  const found = findFunction(call, place);
  const { qualifier } = place;
  return {
    action: `lambda:${action}`,
    resource: functionArn(place) + (qualifier === undefined ? '' : `:${qualifier}`),
    resourceAccount: place.account,
    resourcePolicy: found?.policy,
    context: { ...tagContext(found), ...options.context },
  };
}

const tagContext = (found: LambdaFunction | undefined): Record<string, string> =>
  Object.fromEntries(
    [...(found?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );

export const requestTagContext = (
  tags: Readonly<Record<string, string>> | undefined,
): NonNullable<AccessCheck['context']> => ({
  ...Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  ),
  'aws:TagKeys': tags && Object.keys(tags).length > 0 ? Object.keys(tags) : undefined,
});
