import type * as client from '@aws-sdk/client-lambda';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { enqueueEvent } from './async-invocation.ts';
import { functionCheck, invalid, requireFunction } from './function-name.ts';
import { runFunction, syncPayloadBytesMax, type RunResult } from './run-function.ts';
import type { LambdaFunction } from './state.ts';

const asyncPayloadBytesMax = 1_048_576; // Lambda Developer Guide, "Lambda quotas": 1 MB for asynchronous invocations

export const invoke = operation<client.InvocationRequest, client.InvocationResponse>({
  authorize: ({ FunctionName, Qualifier }, call) =>
    functionCheck(call, 'InvokeFunction', FunctionName, { qualifier: Qualifier }),
  async run(input, call) {
    onlyModelled(
      input,
      ['FunctionName', 'InvocationType', 'LogType', 'ClientContext', 'Payload', 'Qualifier'],
      'InvalidParameterValueException',
    );
    const fn = requireFunction(call, input.FunctionName, input.Qualifier);
    const type = input.InvocationType ?? 'RequestResponse';
    if (type === 'DryRun') return { StatusCode: 204 };
    const event = readEvent(
      input.Payload,
      type === 'Event' ? asyncPayloadBytesMax : syncPayloadBytesMax,
    );
    if (fn.state === 'Pending')
      throw new AwsError(
        'ResourceConflictException',
        'The operation cannot be performed at this time. The function is currently in the following state: Pending',
        { status: 409 },
      );
    const requestId = call.uuid(`invocation/${fn.name}`);
    if (type === 'Event') {
      enqueueEvent(call, fn, { requestId, event });
      return { StatusCode: 202, Payload: new Uint8Array() };
    }
    return invokeNow(call, fn, { input, event, requestId });
  },
});

async function invokeNow(
  call: Call,
  fn: LambdaFunction,
  {
    input,
    event,
    requestId,
  }: {
    readonly input: client.InvocationRequest;
    readonly event: string;
    readonly requestId: string;
  },
): Promise<client.InvocationResponse> {
  const clientContext = readClientContext(input.ClientContext);
  const result = await runFunction(call, fn, { requestId, event, clientContext });
  if (result.kind === 'throttled') throw tooManyRequests(result);
  const { outcome } = result;
  const payload = outcome.kind === 'response' ? outcome.payload : JSON.stringify(outcome.payload);
  return {
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    Payload: Buffer.from(payload),
    ...(outcome.kind === 'error' ? { FunctionError: 'Unhandled' } : {}),
    ...(input.LogType === 'Tail'
      ? { LogResult: Buffer.from(result.logTail).toString('base64') }
      : {}),
  };
}

export const tooManyRequests = (result: Extract<RunResult, { kind: 'throttled' }>): AwsError =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    details: { Reason: result.reason, Type: 'User' },
  });

/** @throws AwsError for a payload that is too large or no JSON; none at all is null to the function */
function readEvent(payload: Uint8Array | undefined, bytesMax: number): string {
  const bytes = payload?.length ?? 0;
  if (bytes > bytesMax)
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
      { status: 413 },
    );
  const text = Buffer.from(payload ?? new Uint8Array()).toString();
  if (text === '') return 'null';
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${error instanceof Error ? error.message : ''}`,
      { status: 400 },
    );
  }
}

function readClientContext(encoded: string | undefined): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString()) as unknown;
  } catch {
    throw invalid('Client context must be a valid Base64-encoded JSON object.');
  }
}
