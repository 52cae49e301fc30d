import fc from 'fast-check';
import { asBytes } from './http-text.ts';
import { hostileText } from './hostile-text.ts';
import { mutatedText } from './mutated-text.ts';

/** A request as text, its parts apart. */
interface Parts {
  readonly requestLine: string;
  readonly headers: readonly string[];
  readonly body: string;
}

const split = (request: string): Parts => {
  const end = request.indexOf('\r\n\r\n');
  const [requestLine = '', ...headers] = request.slice(0, end).split('\r\n');
  return { requestLine, headers, body: request.slice(end + 4) };
};

const join = ({ requestLine, headers, body }: Parts): string =>
  `${[requestLine, ...headers].join('\r\n')}\r\n\r\n${body}`;

const depth = fc.constantFrom(40, 1_000, 20_000);

/** Bodies that are made to break a reader of one of the formats. */
const hostileBody: fc.Arbitrary<string> = fc.oneof(
  depth.map((levels) => `${'{"L":['.repeat(levels)}${']}'.repeat(levels)}`),
  depth.map(
    (levels) =>
      `{"Item":{"id":${'{"M":{"a":'.repeat(levels)}{"S":"x"}${'}}'.repeat(levels)}},"TableName":"things"}`,
  ),
  depth.map((levels) => '['.repeat(levels)),
  depth.map((levels) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`),
  depth.map(
    (levels) => `Action=DescribeInstances&Version=2016-11-15&${'Filter.1.'.repeat(levels)}x=1`,
  ),
  fc
    .constantFrom('999999999', '-1', '1e9', '0', '00001', 'x', '', '1.1', '__proto__')
    .map(
      (index) =>
        `Action=DescribeInstances&Version=2016-11-15&Filter.${index}.Name=x&Filter.${index}.Value.${index}=1`,
    ),
  fc.constantFrom(
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]><Tagging><TagSet><Tag><Key>&e;</Key><Value>&e;</Value></Tag></TagSet></Tagging>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Tagging><TagSet><Tag><Key>&b;</Key><Value>x</Value></Tag></TagSet></Tagging>',
    '<Tagging><__proto__><Tag/></__proto__></Tagging>',
    '<Tagging><TagSet><Tag><Key>&#0;&#x110000;&unknown;</Key></Tag></TagSet></Tagging>',
    '<?xml version="1.0" encoding="UTF-16"?><a/>',
    '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet/><TagSet/></Tagging>',
  ),
  fc.constantFrom(
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"a":1e999}',
    '{"a":NaN}',
    '"x"',
    'null',
    '7',
    '[]',
  ),
  // CBOR: arrays and texts that say they are longer than the body, tags, endless ones, floats.
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc
    .tuple(
      fc.constantFrom(
        '\x9a',
        '\x9b\x7f',
        '\xba',
        '\xbb\xff',
        '\x5a',
        '\x7b',
        '\xdb',
        '\x9f',
        '\xbf\x61a',
      ),
      fc.uint8Array({ maxLength: 12 }),
    )
    .map(([head, bytes]) => `${head}${Buffer.from(bytes).toString('latin1')}`),
  depth.map((levels) => '\x81'.repeat(levels)),
  hostileText.map(asBytes),
);

const chunkSize = fc.constantFrom(
  '0',
  '5',
  'ffffffff',
  '-5',
  'zz',
  '',
  '5;chunk-signature=0',
  '0005',
  '1e3',
  '7fffffffffffffff',
);
const chunkedBody: fc.Arbitrary<string> = fc
  .array(fc.tuple(chunkSize, fc.constantFrom('hello', '', 'hel', 'hello\r\n', 'x'.repeat(100))), {
    maxLength: 5,
  })
  .map(
    (chunks) =>
      `${chunks.map(([size, data]) => `${size}\r\n${data}\r\n`).join('')}0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n`,
  );

const strangeHeader = fc.constantFrom(
  'smithy-protocol: rpc-v2-cbor',
  'x-amz-target: DynamoDB_20120810.PutItem',
  'x-amz-target: AmazonSQS.__proto__',
  'x-amz-target: constructor',
  'x-amz-target: ',
  'content-encoding: aws-chunked',
  'content-encoding: gzip',
  'content-encoding: aws-chunked,aws-chunked',
  'content-type: text/html',
  'content-type: application/cbor',
  'x-amz-security-token: nonsense',
  'x-amz-date: yesterday',
  'authorization: ',
  'authorization: AWS4-HMAC-SHA256 Credential=////',
  'authorization: Basic eDp4',
  'x-amz-content-sha256: 0',
  'content-md5: nonsense',
  'x-amz-checksum-crc32: nonsense',
  'range: bytes=9-1,-,5-',
  'range: bytes=-99999999999999999999',
  'x-amz-copy-source: %zz/%',
  'x-amz-copy-source: /things-of-main/a%2Fthing?versionId=x?versionId=y',
  'x-amz-tagging: a=%zz&&=',
  'x-amz-meta-__proto__: x',
  'if-modified-since: yesterday',
  'x-amz-object-attributes: ,,"',
  '__proto__: x',
);

const strangeTarget = fc.constantFrom(
  '/',
  '//',
  '/%',
  '/%zz',
  '/things-of-main/%00%01/../..',
  '/things-of-main?list-type=2&max-keys=-1',
  '/things-of-main?max-keys=nan&encoding-type=url&delimiter=%00',
  '/things-of-main?continuation-token=%7B%7D&list-type=2',
  '/things-of-main?versions&key-marker=x&version-id-marker=y',
  '/things-of-main/a/thing?partNumber=0&uploadId=x',
  '/things-of-main/a/thing?versionId=__proto__',
  '/things-of-main/a/thing?response-content-type=%0d%0ax',
  '/__proto__/constructor',
  '/2015-03-31/functions/__proto__/invocations',
  '/2015-03-31/functions/thing/invocations?Qualifier=%F0%28',
  '/service/GraniteServiceVersion20100801/operation/PutMetricData',
  '/service/x/operation/__proto__',
  '/?Action=ListUsers&Version=2010-05-08&Action=ListRoles',
  '/?Action=__proto__&Version=2016-11-15',
);

const method = fc.constantFrom(
  'GET',
  'PUT',
  'POST',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'FOO',
);

/** Requests with one to three things changed: a header, the target, the body, or bytes of one of them. */
export function forgedRequest(requests: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const bodies = requests.map((request) => split(request).body);
  const change: fc.Arbitrary<(parts: Parts) => Parts> = fc.oneof(
    { weight: 3, arbitrary: hostileBody.map((body) => (parts: Parts) => ({ ...parts, body })) },
    {
      weight: 3,
      arbitrary: mutatedText(bodies).map((body) => (parts: Parts) => ({ ...parts, body })),
    },
    { weight: 1, arbitrary: bodies.map((body) => (parts: Parts) => ({ ...parts, body })) },
    {
      weight: 1,
      arbitrary: chunkedBody.map((body) => (parts: Parts) => ({
        ...parts,
        body,
        headers: [...parts.headers, 'content-encoding: aws-chunked'],
      })),
    },
    {
      weight: 3,
      arbitrary: strangeHeader.map((header) => (parts: Parts) => ({
        ...parts,
        // It takes the place of one of its name: two would become one with a comma.
        headers: [
          ...parts.headers.filter((line) => line.split(':')[0] !== header.split(':')[0]),
          header,
        ],
      })),
    },
    {
      weight: 1,
      arbitrary: fc.nat({ max: 10 }).map((which) => (parts: Parts) => ({
        ...parts,
        headers: parts.headers.flatMap((line, index) =>
          index === which % parts.headers.length ? [line, line] : [line],
        ),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.nat({ max: 10 }).map((which) => (parts: Parts) => ({
        ...parts,
        headers: parts.headers.filter((_, index) => index !== which % parts.headers.length),
      })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(method, strangeTarget).map(([verb, target]) => (parts: Parts) => ({
        ...parts,
        requestLine: `${verb} ${target} HTTP/1.1`,
      })),
    },
  );
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(requests, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([request, changes]) =>
          join(changes.reduce((parts, apply) => apply(parts), split(request))),
        ),
    },
    { weight: 2, arbitrary: mutatedText(requests) },
  );
}
