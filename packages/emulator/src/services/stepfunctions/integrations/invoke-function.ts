import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { accountOfArn, splitArn } from '../../../iam/arn-match.ts';
import { isRecord } from '../../../wire/scalars.ts';
import { AwsError } from '../../../world/aws-error.ts';
import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import type { IntegrationCall } from './call-integration.ts';
import { sdkMetadata } from './sdk-metadata.ts';

/** Lambda API Reference, Invoke, errors: what the SDK of Step Functions knows by name. */
const modelledErrors: ReadonlySet<string> = new Set([
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'InvalidRuntimeException',
  'KMSAccessDeniedException',
  'RequestTooLargeException',
  'ResourceConflictException',
  'ResourceNotFoundException',
  'ResourceNotReadyException',
  'ServiceException',
  'TooManyRequestsException',
  'UnsupportedMediaTypeException',
]);

/** Step Functions API Reference, TaskFailedEventDetails, cause. */
const causeLengthMax = 32_768;

const modelledArguments = ['FunctionName', 'InvocationType', 'Payload', 'Qualifier'];

/**
 * The optimized integration of Lambda: the answer with the payload as a value.
 *
 * Source: Step Functions Developer Guide, "Invoke an AWS Lambda function with Step Functions", "Handling errors"
 *
 * @throws StateError the `errorType` of the function with the payload as cause, or `Lambda.…` for a refused call
 */
export async function invokeFunction(call: IntegrationCall): Promise<Json> {
  const { scope, given } = call;
  for (const name of Object.keys(given))
    if (!modelledArguments.includes(name))
      throw unmodelled(`the argument ${name} of lambda:invoke is not modelled by this emulator`);
  const { FunctionName, InvocationType = 'RequestResponse', Payload, Qualifier } = given;
  if (InvocationType !== 'RequestResponse')
    throw unmodelled(
      `InvocationType ${JSON.stringify(InvocationType)} is not modelled by this emulator`,
    );
  if (typeof FunctionName !== 'string')
    throw new StateError(
      'States.Runtime',
      "The field 'FunctionName' is required but was missing or is no string",
    );
  const requestId = scope.uuid('sdk-request');
  const output = await send(call, {
    FunctionName,
    qualifier: typeof Qualifier === 'string' ? Qualifier : undefined,
    payload: Payload === undefined ? undefined : JSON.stringify(Payload),
    requestId,
  });
  const text = Buffer.from(output.Payload ?? []).toString();
  if (output.FunctionError !== undefined) throw functionError(text);
  return {
    ExecutedVersion: output.ExecutedVersion ?? '$LATEST',
    Payload: text === '' ? null : (JSON.parse(text) as Json),
    ...sdkMetadata(scope, requestId),
    StatusCode: output.StatusCode ?? 200,
  };
}

const unmodelled = (problem: string): StateError => new StateError('States.Runtime', problem);

async function send(
  { scope, role }: IntegrationCall,
  request: {
    readonly FunctionName: string;
    readonly qualifier: string | undefined;
    readonly payload: string | undefined;
    readonly requestId: string;
  },
): Promise<
  Pick<InvokeCommandOutput, 'ExecutedVersion' | 'FunctionError' | 'Payload' | 'StatusCode'>
> {
  const { FunctionName, qualifier, payload } = request;
  const isArn = FunctionName.startsWith('arn:');
  try {
    return await scope.send(
      new InvokeCommand({
        FunctionName,
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
        ...(payload === undefined ? {} : { Payload: Buffer.from(payload) }),
      }),
      {
        as: role,
        account: (isArn ? accountOfArn(FunctionName) : undefined) ?? scope.account,
        region: (isArn ? splitArn(FunctionName)?.[3] : undefined) ?? scope.region,
      },
    );
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StateError(
      `Lambda.${modelledErrors.has(error.code) ? error.code : 'AWSLambdaException'}`,
      `${error.message} (Service: AWSLambda; Status Code: ${error.status ?? 400}; Error Code: ${error.code}; Request ID: ${request.requestId}; Proxy: null)`,
    );
  }
}

function functionError(payload: string): StateError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    parsed = undefined;
  }
  const errorType: unknown = isRecord(parsed) ? parsed['errorType'] : undefined;
  return new StateError(
    typeof errorType === 'string' ? errorType : 'Lambda.Unknown',
    payload.slice(0, causeLengthMax),
  );
}
