import type * as client from '@aws-sdk/client-lambda';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { destinationAction } from './destinations.ts';
import { functionCheck, invalid, requireFunction } from './function-name.ts';
import { roleAllows, roleSession } from './function-role.ts';
import type { EventInvokeConfig, LambdaFunction } from './state.ts';

function readConfig(
  call: Call,
  fn: LambdaFunction,
  input: client.PutFunctionEventInvokeConfigCommandInput,
  previous: EventInvokeConfig | undefined,
): EventInvokeConfig {
  const retries = input.MaximumRetryAttempts ?? previous?.retriesMax;
  const age = input.MaximumEventAgeInSeconds ?? previous?.ageSecondsMax;
  const { OnSuccess, OnFailure } = input.DestinationConfig ?? {};
  return {
    retriesMax: retries,
    ageSecondsMax: age,
    onSuccess: readDestination(
      call,
      fn,
      input.DestinationConfig ? OnSuccess?.Destination : previous?.onSuccess,
    ),
    onFailure: readDestination(
      call,
      fn,
      input.DestinationConfig ? OnFailure?.Destination : previous?.onFailure,
    ),
    modifiedAt: call.date,
  };
}

/** Lambda looks whether the function's role may send there. */
function readDestination(
  call: Call,
  fn: LambdaFunction,
  arn: string | undefined,
): string | undefined {
  if (arn === undefined || arn === '') return undefined;
  const action = destinationAction(arn);
  if (action === undefined)
    throw invalid(
      `The destination ARN ${arn} is invalid, or of a kind that is not modelled by this emulator`,
    );
  if (arn === fn.arn) throw invalid('The destination must not be the function itself.');
  if (!roleAllows(call, roleSession(call, fn), { action, resource: arn }))
    throw invalid(
      `The function's execution role does not have permissions to call ${action.split(':')[1] ?? ''} on ${arn}`,
    );
  return arn;
}

const describe = (
  fn: LambdaFunction,
  config: EventInvokeConfig,
): client.FunctionEventInvokeConfig => ({
  FunctionArn: `${fn.arn}:$LATEST`,
  LastModified: config.modifiedAt,
  MaximumRetryAttempts: config.retriesMax,
  MaximumEventAgeInSeconds: config.ageSecondsMax,
  DestinationConfig: {
    OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
    OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
  },
});

function requireConfig(fn: LambdaFunction): EventInvokeConfig {
  if (!fn.eventInvoke)
    throw new AwsError(
      'ResourceNotFoundException',
      `The function ${fn.arn}:$LATEST doesn't have an EventInvokeConfig`,
      { status: 404 },
    );
  return fn.eventInvoke;
}

export const putFunctionEventInvokeConfig = operation<
  client.PutFunctionEventInvokeConfigCommandInput,
  Partial<client.PutFunctionEventInvokeConfigCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'PutFunctionEventInvokeConfig', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    fn.eventInvoke = readConfig(call, fn, input, undefined);
    return describe(fn, fn.eventInvoke);
  },
});

export const updateFunctionEventInvokeConfig = operation<
  client.UpdateFunctionEventInvokeConfigCommandInput,
  Partial<client.UpdateFunctionEventInvokeConfigCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'UpdateFunctionEventInvokeConfig', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    fn.eventInvoke = readConfig(call, fn, input, requireConfig(fn));
    return describe(fn, fn.eventInvoke);
  },
});

export const getFunctionEventInvokeConfig = operation<
  client.GetFunctionEventInvokeConfigCommandInput,
  Partial<client.GetFunctionEventInvokeConfigCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'GetFunctionEventInvokeConfig', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    return describe(fn, requireConfig(fn));
  },
});

export const listFunctionEventInvokeConfigs = operation<
  client.ListFunctionEventInvokeConfigsCommandInput,
  Partial<client.ListFunctionEventInvokeConfigsCommandOutput>
>({
  authorize: (input, call) =>
    functionCheck(call, 'ListFunctionEventInvokeConfigs', input.FunctionName),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName);
    const page = paginate(call, fn.eventInvoke ? [fn.eventInvoke] : [], {
      keyOf: () => '$LATEST',
      token: input.Marker,
      size: input.MaxItems,
      sizeMax: 50, // Lambda API Reference, ListFunctionEventInvokeConfigs, MaxItems
      invalidToken: 'InvalidParameterValueException',
    });
    return {
      FunctionEventInvokeConfigs: page.items.map((config) => describe(fn, config)),
      NextMarker: page.nextToken,
    };
  },
});

export const deleteFunctionEventInvokeConfig = operation<
  client.DeleteFunctionEventInvokeConfigCommandInput,
  Partial<client.DeleteFunctionEventInvokeConfigCommandOutput>
>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'DeleteFunctionEventInvokeConfig', FunctionName, { qualifier: Qualifier }),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    requireConfig(fn);
    fn.eventInvoke = undefined;
    return {};
  },
});
