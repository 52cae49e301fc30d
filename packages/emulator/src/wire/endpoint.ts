import { AwsError } from '../world/aws-error.ts';
import type { ServiceDefinition } from '../world/service.ts';
import type { World } from '../world/world.ts';
import {
  decodeRequest,
  dialectOf,
  encodeError,
  encodeResponse,
  type AnswerContext,
  type Dialect,
  type WireError,
} from './codec.ts';
import { readCredentialScope } from './credential-scope.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { malformedCode } from './malformed-code.ts';
import { MalformedRequest } from './malformed-request.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import { refuseService, refuseUnsigned } from './refuse-unaddressed.ts';

/**
 * Answers one HTTP request as AWS would: who calls, what is asked, may they, do it, write it down.
 * A defect of the emulator is answered with the code `EmulatorDefect`, which no client retries.
 */
export async function answer(world: World, raw: HttpRequest): Promise<HttpResponse> {
  const scope = readCredentialScope(raw);
  if (!scope) return refuseUnsigned(raw);
  const service = world.serviceBySigningName(scope.signingName);
  if (!service) return refuseService(raw, scope.signingName);
  const requestId = world.entropy.uuid(`request/${scope.accessKeyId}`);
  const context: AnswerContext = {
    model: service.model,
    dialect: dialectOf(service.model, raw),
    requestId,
  };
  try {
    const request = decodeChunkedBody(raw);
    const principal = authenticate(world, scope.accessKeyId, request, service);
    const decoded = decodeRequest(service.model, request);
    const account = principal.kind === 'service' ? '' : principal.account;
    const output = await world.scheduler.serve(`${service.name}:${decoded.operation.name}`, () =>
      world.invoke({
        service,
        operation: decoded.operation.name,
        input: decoded.input,
        caller: principal,
        account,
        region: scope.region,
        via: [],
        requestId,
      }),
    );
    return encodeResponse(context, decoded.operation, output);
  } catch (error) {
    return encodeError(context, toWireError(service, context.dialect, error));
  }
}

function authenticate(
  world: World,
  accessKeyId: string,
  request: HttpRequest,
  service: ServiceDefinition,
) {
  const token =
    request.headers['x-amz-security-token'] ??
    new URLSearchParams(request.query).get('X-Amz-Security-Token') ??
    undefined;
  const resolution = world.credentials.resolve(accessKeyId, token, world.scheduler.now);
  const isS3 = service.name === 's3';
  switch (resolution.outcome) {
    case 'known':
      return resolution.principal;
    case 'unknown-key':
      throw isS3
        ? new AwsError(
            'InvalidAccessKeyId',
            'The AWS Access Key Id you provided does not exist in our records.',
            { status: 403 },
          )
        : new AwsError(
            service.model.protocol === 'ec2' ? 'AuthFailure' : unrecognizedClient(service),
            'The security token included in the request is invalid.',
            { status: 403 },
          );
    case 'wrong-token':
      throw new AwsError(
        isS3 ? 'InvalidToken' : unrecognizedClient(service),
        'The security token included in the request is invalid.',
        { status: isS3 ? 400 : 403 },
      );
    case 'expired':
      throw new AwsError(
        service.model.protocol === 'query'
          ? 'ExpiredToken'
          : isS3
            ? 'ExpiredToken'
            : 'ExpiredTokenException',
        'The security token included in the request is expired',
        { status: isS3 ? 400 : 403 },
      );
    default:
      return resolution satisfies never;
  }
}

/** The query services call a wrong key `InvalidClientTokenId`, the others `UnrecognizedClientException`. */
const unrecognizedClient = (service: ServiceDefinition): string =>
  service.model.protocol === 'query' ? 'InvalidClientTokenId' : 'UnrecognizedClientException';

function toWireError(service: ServiceDefinition, dialect: Dialect, error: unknown): WireError {
  if (error instanceof AwsError) {
    const modelled = service.model.errors.get(error.code);
    const status = error.status ?? modelled?.status ?? 400;
    return {
      code: error.code,
      message: error.message,
      status,
      fault: status >= 500 ? 'server' : 'client',
      details: error.details,
      headers: error.headers,
    };
  }
  if (error instanceof MalformedRequest)
    return { ...malformedCode(error.part, dialect), message: error.message, fault: 'client' };
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'EmulatorDefect', message: shown, status: 400, fault: 'client' };
}
