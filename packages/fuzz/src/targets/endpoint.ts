import fc from 'fast-check';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { answer } from '@golden/emulator/wire/endpoint.ts';
import type { HttpResponse } from '@golden/emulator/wire/http.ts';
import type { ProtocolName } from '@golden/emulator/wire/model.ts';
import { Choices, choices } from '../cases/choices.ts';
import { deepCall } from '../cases/deep-call.ts';
import { readHttpText } from '../cases/http-text.ts';
import { forgedRequest } from '../cases/forged-request.ts';
import { ShapedInput } from '../cases/shaped-input.ts';
import { wireRequest } from '../cases/wire-request.ts';
import { openEndpointWorld, region, type EndpointWorld } from '../endpoint-world.ts';
import { Finding, shown } from '../finding.ts';
import type { Target } from '../target.ts';

/** Node's HTTP server reads no head that is longer, and answers 431. */
const headBytesMax = 16_384;
/** The most bytes of an error, which may repeat what was sent with each character escaped; and of any answer. */
const errorBytesMax = 16_384;
const errorBytesPerByteMax = 8;
const answerBytesMax = 32 << 20;
/** What has been made by then is forgotten: hostile calls leave many things behind. */
const casesPerWorld = 250;
const goodCallEvery = 25;
/** So that what a call has set in motion moves. */
const afterwardsMs = 1_000;

class SharedWorld {
  #opened: Promise<EndpointWorld> | undefined;
  #cases = 0;

  get cases(): number {
    return this.#cases;
  }

  prepare(): Promise<EndpointWorld> {
    this.#cases += 1;
    if (this.#cases % casesPerWorld === 0) this.#opened = undefined;
    return this.current();
  }

  current(): Promise<EndpointWorld> {
    return (this.#opened ??= openEndpointWorld());
  }
}

const shared = new SharedWorld();
const prepare = (): Promise<EndpointWorld> => shared.prepare();

/** The code of an error in any of the forms; undefined when the body has none. */
function errorCodeOf({ headers, body }: HttpResponse): string | undefined {
  const text = Buffer.from(body).toString();
  const type = headers['content-type'] ?? '';
  if (type.includes('json') || type.includes('cbor')) return headers['x-amzn-errortype'];
  return /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
}

const messageOf = ({ body }: HttpResponse): string => Buffer.from(body).toString();

/** What must hold of an answer, whatever was asked. */
function judgeAnswer(response: HttpResponse, requestBytes: number): string {
  const bytes = Buffer.byteLength(response.body);
  if (bytes > answerBytesMax) throw new Finding(`the answer has ${bytes} bytes`);
  if (response.status < 400) return 'done';
  // An answer to HEAD has no body to put a code into; S3 says all by the status.
  const code = errorCodeOf(response) ?? (bytes === 0 ? String(response.status) : undefined);
  if (code === undefined)
    throw new Finding(`an error without a code, ${response.status}: ${shown(messageOf(response))}`);
  if (code === 'EmulatorDefect' || code === 'InternalFailure')
    throw new Finding(`a defect: ${shown(messageOf(response))}`);
  if (response.status >= 500 && response.status !== 501)
    throw new Finding(`status ${response.status} ${code}: ${shown(messageOf(response))}`);
  if (bytes > errorBytesMax + errorBytesPerByteMax * requestBytes)
    throw new Finding(`the error ${code} has ${bytes} bytes: ${shown(messageOf(response))}`);
  return code;
}

async function run(text: string): Promise<string> {
  const { world, client } = await shared.current();
  const request = readHttpText(text);
  if (request === undefined) return 'no HTTP';
  if (text.indexOf('\r\n\r\n') > headBytesMax) return 'head too long';
  const outcome = judgeAnswer(await answer(world, request), text.length);
  await world.scheduler.runFor(afterwardsMs);
  if (shared.cases % goodCallEvery === 0) await client(S3Client).send(new ListBucketsCommand({}));
  return outcome;
}

/** Requests of one protocol: every operation that is modelled, with input of the right form and odd values. */
async function shapedRequests(protocol: ProtocolName): Promise<fc.Arbitrary<string>> {
  const { world, account, known } = await shared.current();
  const signer = { accessKeyId: account.adminCredentials.accessKeyId, region };
  const operations = world.services
    .filter(({ model }) => model.protocol === protocol)
    .flatMap(({ model, operations: modelled }) =>
      Object.keys(modelled).flatMap((name) => {
        const operation = model.operations.get(name);
        return operation ? [{ model, operation }] : [];
      }),
    );
  return fc.tuple(fc.nat({ max: 1_000_000 }), choices).map(([which, numbers]) => {
    const found = operations[which % operations.length];
    if (!found) throw new Error(`no service speaks ${protocol}`);
    const { model, operation } = found;
    const shaped = new ShapedInput(new Choices(numbers), {
      known,
      constraints: model.constraints,
    });
    const input = operation.input.kind === 'structure' ? shaped.structure(operation.input) : {};
    return wireRequest(model, operation, { input, signer });
  });
}

const protocols = ['json', 'query', 'ec2', 'rest-json', 'rest-xml'] as const;

const shapedTargets = protocols.map((protocol): Target => ({
  name: `endpoint-${protocol}`,
  weight: 40,
  open: async () => ({ cases: await shapedRequests(protocol), prepare, run }),
}));

const forgedTarget: Target = {
  name: 'endpoint-forged',
  weight: 80,
  open: async () => {
    const all = await Promise.all(protocols.map(shapedRequests));
    return { cases: forgedRequest(fc.oneof(...all)), prepare, run };
  },
};

const deepTarget: Target = {
  name: 'endpoint-deep',
  weight: 10,
  open: async () => {
    const { account } = await shared.current();
    const { accessKeyId } = account.adminCredentials;
    return { cases: deepCall({ accessKeyId, region }), prepare, run };
  },
};

/** The endpoint below its socket. */
export const endpointTargets: readonly Target[] = [...shapedTargets, forgedTarget, deepTarget];
