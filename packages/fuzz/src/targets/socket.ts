import { connect } from 'node:net';
import fc from 'fast-check';
import { openEndpoint } from '@golden/emulator';
import { mutatedText } from '../cases/mutated-text.ts';
import { openEndpointWorld, region } from '../endpoint-world.ts';
import { signedBy } from '../cases/http-text.ts';
import { Finding, shown } from '../finding.ts';
import type { Target } from '../target.ts';

/** How long an answer may take, in milliseconds of real time. */
const answerMsMax = 3_000;

/** Sends bytes, says that there are no more, and gives back all that is answered. */
const exchange = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const parts: Buffer[] = [];
    socket.setTimeout(answerMsMax, () => {
      socket.destroy(new Finding(`no answer within ${answerMsMax} ms`));
    });
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (error) => {
      // A server that has answered may close before it has read everything.
      if (parts.length > 0 && !(error instanceof Finding))
        resolve(Buffer.concat(parts).toString('latin1'));
      else reject(error);
    });
    socket.on('close', () => {
      resolve(Buffer.concat(parts).toString('latin1'));
    });
    socket.end(Buffer.from(text, 'latin1'));
  });

function judge(answer: string, text: string): string {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  if (status === undefined) {
    // A client that ends in the middle of a request has not asked anything.
    if (answer === '' && isUnfinished(text)) return 'unfinished';
    throw new Finding(`no HTTP answer: ${shown(answer)}`);
  }
  if (answer.includes('EmulatorDefect') || status === '500') throw new Finding(shown(answer));
  return status;
}

/** Whether a server has to wait for more before it can answer. */
function isUnfinished(text: string): boolean {
  return (
    text.trim() === '' ||
    !text.includes('\r\n\r\n') ||
    /content-length|transfer-encoding/i.test(text)
  );
}

/** Requests as bytes: lengths that do not fit, chunks, headers twice, methods and versions that do not exist. */
const rawRequest = (head: readonly string[]): fc.Arbitrary<string> => {
  const length = fc.constantFrom(
    '0',
    '-1',
    '5',
    '99999999999999999999',
    '1e3',
    '0x5',
    '+5',
    '5, 5',
    ' ',
    '\u00005',
    '2',
  );
  const line = fc.constantFrom(
    'GET / HTTP/1.1',
    'POST / HTTP/1.1',
    'POST / HTTP/1.0',
    'POST / HTTP/9.9',
    'POST /',
    'BREW / HTTP/1.1',
    'CONNECT x:1 HTTP/1.1',
    'PRI * HTTP/2.0',
    'GET http://elsewhere/ HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    '\u0016\u0003\u0001',
    'HEAD /things-of-main HTTP/1.1',
  );
  const more = fc.constantFrom(
    '',
    'transfer-encoding: chunked',
    'expect: 100-continue',
    'expect: x',
    'connection: upgrade\r\nupgrade: h2c',
    'host: twice',
    'x: \u00ff',
    ' folded',
    'no colon',
    `x: ${'y'.repeat(20_000)}`,
    'x-amz-target: AmazonSQS.ListQueues',
    'content-length: 3',
  );
  const body = fc.constantFrom(
    '',
    'hello',
    '{}',
    '5\r\nhello\r\n0\r\n\r\n',
    'zz\r\n',
    '-1\r\nx',
    'Action=ListUsers&Version=2010-05-08',
  );
  return fc
    .record({ line, length, extra: fc.array(more, { maxLength: 3 }), body, isLong: fc.boolean() })
    .map(
      ({ line: first, length: digits, extra, body: content, isLong }) =>
        [
          first,
          ...head,
          ...(isLong ? [`content-length: ${digits}`] : []),
          ...extra.filter((one) => one !== ''),
        ].join('\r\n') + `\r\n\r\n${content}`,
    );
};

export const socketTarget: Target = {
  name: 'endpoint-socket',
  weight: 6,
  open: async () => {
    const { world, account } = await openEndpointWorld();
    const endpoint = await openEndpoint(world);
    const port = Number(new URL(endpoint.url).port);
    const head = signedBy({
      accessKeyId: account.adminCredentials.accessKeyId,
      region,
      signingName: 'iam',
    });
    const raw = rawRequest(head);
    const good = `GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\n${head.join('\r\n')}\r\nconnection: close\r\n\r\n`;
    return {
      cases: fc.oneof({ weight: 3, arbitrary: raw }, { weight: 1, arbitrary: mutatedText(raw) }),
      run: async (text) => {
        const outcome = judge(await exchange(port, text), text);
        const status = judge(await exchange(port, good), good);
        if (status !== '200')
          throw new Finding(`a good call is answered with ${status} afterwards`);
        return outcome;
      },
      close: () => endpoint.close(),
    };
  },
};
