import type * as client from '@aws-sdk/client-lambda';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { isAssumableBy, serviceSession } from '../iam/service-session.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { describeFunction } from './describe-function.ts';
import { EnvironmentPool } from './environment-pool.ts';
import { readCode } from './function-code.ts';
import {
  functionArn,
  functionCheck,
  invalid,
  placeOf,
  requestTagContext,
  requireFunction,
} from './function-name.ts';
import { lambdaService, roleAllows } from './function-role.ts';
import { readSettings, refuseUnmodelledMembers } from './function-settings.ts';
import {
  lambdaState,
  type FunctionCode,
  type FunctionSettings,
  type LambdaFunction,
} from './state.ts';

const listPageMax = 50; // Lambda API Reference, ListFunctions, MaxItems
/** How long creation and updates take. AWS states no figures; functions outside of a VPC take a second or two. */
const settleMs = { min: 500, max: 2_500 };

export const createFunction = operation<
  client.CreateFunctionCommandInput,
  Partial<client.CreateFunctionCommandOutput>
>({
  authorize: (input, call) => {
    const context = requestTagContext(input.Tags);
    const checks = [
      functionCheck(call, 'CreateFunction', input.FunctionName, { context }),
      passRoleCheck(call, input.Role ?? '', lambdaService),
    ];
    return input.Tags && Object.keys(input.Tags).length > 0
      ? [...checks, functionCheck(call, 'TagResource', input.FunctionName, { context })]
      : checks;
  },
  run(input, call) {
    refuseUnmodelledMembers(input, ['Code', 'Tags', 'Architectures', 'PackageType']);
    const { name } = placeOf(call, input.FunctionName);
    const { functions } = lambdaState.in(call);
    if (functions.has(name)) throw conflict(`Function already exist: ${name}`);
    if (input.Code) onlyModelled(input.Code, ['ZipFile'], 'InvalidParameterValueException');
    const settings = readSettings(name, input, undefined);
    const code = readCode(input.Code?.ZipFile);
    requireUsable(call, settings);
    const fn = newFunction(call, name, { settings, code }, input.Tags ?? {});
    functions.set(name, fn);
    settle(call, fn, 'create');
    return describeFunction(fn);
  },
});

function newFunction(
  call: Call,
  name: string,
  parts: { readonly settings: FunctionSettings; readonly code: FunctionCode },
  tags: Readonly<Record<string, string>>,
): LambdaFunction {
  return {
    name,
    arn: functionArn({ account: call.account, region: call.region, name }),
    account: call.account,
    region: call.region,
    ...parts,
    serving: parts,
    state: 'Pending',
    isUpdating: true,
    modifiedAt: call.now,
    revisionId: call.uuid('revision'),
    tags: new Map(Object.entries(tags)),
    permissions: new Map(),
    policy: undefined,
    reservedConcurrency: undefined,
    eventInvoke: undefined,
    pool: new EnvironmentPool(),
    invocations: 0,
    isDeleted: false,
  };
}

const conflict = (message: string): AwsError =>
  new AwsError('ResourceConflictException', message, { status: 409 });

/** What Lambda tries out before it accepts a configuration. */
function requireUsable(call: Call, settings: FunctionSettings): void {
  if (!isAssumableBy(call, settings.role, lambdaService))
    throw invalid('The role defined for the function cannot be assumed by Lambda.');
  const role = serviceSession(call, {
    roleArn: settings.role,
    service: lambdaService,
    sessionName: 'configuration',
  });
  for (const { action, resource, kind } of neededOf(settings))
    if (!roleAllows(call, role, { action, resource }))
      throw invalid(`The provided execution role does not have permissions to call ${kind}`);
}

/** What the role has to allow, and how Lambda names it. Source: API reference, errors of CreateFunction; users' reports. */
function neededOf({ deadLetterArn, tracingMode }: FunctionSettings) {
  const letters = deadLetterArn?.includes(':sqs:')
    ? { action: 'sqs:SendMessage', kind: 'SendMessage on SQS' }
    : { action: 'sns:Publish', kind: 'PUBLISH on SNS' };
  return [
    ...(deadLetterArn === undefined ? [] : [{ ...letters, resource: deadLetterArn }]),
    ...(tracingMode === 'Active'
      ? [{ action: 'xray:PutTraceSegments', kind: 'PutTraceSegments on XRAY', resource: '*' }]
      : []),
  ];
}

/** Lets a change count after a while: until then invocations use what was there before. */
function settle(call: Call, fn: LambdaFunction, what: 'create' | 'update'): void {
  const { settings, code } = fn;
  fn.isUpdating = true;
  fn.modifiedAt = call.now;
  fn.revisionId = call.uuid('revision');
  call.after(
    call.between(`function-${what}`, settleMs.min, settleMs.max),
    `function ${what}`,
    () => {
      fn.state = 'Active';
      fn.isUpdating = false;
      fn.serving = { settings, code };
      fn.pool.renew();
    },
  );
}

/** @throws AwsError ResourceConflictException while an earlier change goes on */
function requireChangeable(fn: LambdaFunction, revisionId: string | undefined): void {
  if (fn.state === 'Pending')
    throw conflict(
      'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    );
  if (fn.isUpdating)
    throw conflict(
      `The operation cannot be performed at this time. An update is in progress for resource: ${fn.arn}`,
    );
  if (revisionId !== undefined && revisionId !== fn.revisionId)
    throw new AwsError(
      'PreconditionFailedException',
      'The RevisionId provided does not match the latest RevisionId.',
      { status: 412 },
    );
}

export const updateFunctionConfiguration = operation<
  client.UpdateFunctionConfigurationCommandInput,
  Partial<client.UpdateFunctionConfigurationCommandOutput>
>({
  authorize: (input, call) => {
    const check = functionCheck(call, 'UpdateFunctionConfiguration', input.FunctionName);
    return input.Role === undefined
      ? check
      : [check, passRoleCheck(call, input.Role, lambdaService)];
  },
  run(input, call) {
    refuseUnmodelledMembers(input, ['RevisionId']);
    const fn = requireFunction(call, input.FunctionName);
    requireChangeable(fn, input.RevisionId);
    const settings = readSettings(fn.name, input, fn.settings);
    requireUsable(call, settings);
    fn.settings = settings;
    settle(call, fn, 'update');
    return describeFunction(fn);
  },
});

export const updateFunctionCode = operation<
  client.UpdateFunctionCodeCommandInput,
  Partial<client.UpdateFunctionCodeCommandOutput>
>({
  authorize: (input, call) => functionCheck(call, 'UpdateFunctionCode', input.FunctionName),
  run(input, call) {
    onlyModelled(
      { ...input, Publish: input.Publish === true ? true : undefined },
      ['FunctionName', 'ZipFile', 'Architectures', 'RevisionId', 'DryRun'],
      'InvalidParameterValueException',
    );
    const fn = requireFunction(call, input.FunctionName);
    requireChangeable(fn, input.RevisionId);
    const code = readCode(input.ZipFile);
    const { Architectures } = input;
    const settings = readSettings(fn.name, { Architectures }, fn.settings);
    if (input.DryRun === true) return describeFunction(fn);
    fn.code = code;
    fn.settings = settings;
    settle(call, fn, 'update');
    return describeFunction(fn);
  },
});

export const getFunctionConfiguration = operation<
  client.GetFunctionConfigurationCommandInput,
  Partial<client.GetFunctionConfigurationCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'GetFunctionConfiguration', FunctionName, { qualifier: Qualifier }),
  run: (input, call) =>
    describeFunction(requireFunction(call, input.FunctionName, input.Qualifier)),
});

export const getFunction = operation<
  client.GetFunctionCommandInput,
  Partial<client.GetFunctionCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'GetFunction', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    return {
      Configuration: describeFunction(fn),
      // The location would be a link from which the package can be fetched; it is left out.
      Code: { RepositoryType: 'S3' },
      ...(fn.tags.size > 0 ? { Tags: Object.fromEntries(fn.tags) } : {}),
      ...(fn.reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency } }),
    };
  },
});

export const listFunctions = operation<
  client.ListFunctionsCommandInput,
  Partial<client.ListFunctionsCommandOutput>
>({
  authorize: () => ({ action: 'lambda:ListFunctions', resource: '*' }),
  run(input, call) {
    onlyModelled(
      input,
      ['Marker', 'MaxItems', 'FunctionVersion'],
      'InvalidParameterValueException',
    );
    const page = paginate(call, lambdaState.in(call).functions.values(), {
      keyOf: ({ name }) => name,
      token: input.Marker,
      size: input.MaxItems,
      sizeMax: listPageMax,
      invalidToken: 'InvalidParameterValueException',
    });
    return { Functions: page.items.map(describeFunction), NextMarker: page.nextToken };
  },
});

export const deleteFunction = operation<
  client.DeleteFunctionCommandInput,
  Partial<client.DeleteFunctionCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'DeleteFunction', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName);
    if (input.Qualifier !== undefined)
      throw invalid('$LATEST version cannot be deleted without deleting the function.');
    fn.isDeleted = true;
    fn.pool.renew();
    lambdaState.in(call).functions.delete(fn.name);
    return { StatusCode: 204 };
  },
});
