import type * as client from '@aws-sdk/client-lambda';
import { operation } from '../../world/service.ts';
import { functionCheck, invalid, requireFunction } from './function-name.ts';
import { accountConcurrency } from './run-function.ts';
import { lambdaState } from './state.ts';

const unreservedMin = 100; // Lambda Developer Guide, "Configuring reserved concurrency"

export const putFunctionConcurrency = operation<
  client.PutFunctionConcurrencyCommandInput,
  Partial<client.PutFunctionConcurrencyCommandOutput>
>({
  authorize: (input, call) => functionCheck(call, 'PutFunctionConcurrency', input.FunctionName),
  run(input, call) {
    const fn = requireFunction(call, input.FunctionName);
    const wanted = input.ReservedConcurrentExecutions ?? 0;
    const others = [...lambdaState.in(call).functions.values()]
      .filter((other) => other !== fn)
      .reduce((sum, other) => sum + (other.reservedConcurrency ?? 0), 0);
    if (wanted < 0 || accountConcurrency - others - wanted < unreservedMin)
      throw invalid(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedMin}].`,
      );
    fn.reservedConcurrency = wanted;
    return { ReservedConcurrentExecutions: wanted };
  },
});

export const getFunctionConcurrency = operation<
  client.GetFunctionConcurrencyCommandInput,
  Partial<client.GetFunctionConcurrencyCommandOutput>
>({
  authorize: (input, call) => functionCheck(call, 'GetFunctionConcurrency', input.FunctionName),
  run: (input, call) => ({
    ReservedConcurrentExecutions: requireFunction(call, input.FunctionName).reservedConcurrency,
  }),
});

export const deleteFunctionConcurrency = operation<
  client.DeleteFunctionConcurrencyCommandInput,
  Partial<client.DeleteFunctionConcurrencyCommandOutput>
>({
  authorize: (input, call) => functionCheck(call, 'DeleteFunctionConcurrency', input.FunctionName),
  run(input, call) {
    requireFunction(call, input.FunctionName).reservedConcurrency = undefined;
    return {};
  },
});
