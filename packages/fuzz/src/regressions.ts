import { httpText } from './cases/http-text.ts';

/** A case that once brought something about, and what it must come to now. */
export interface Regression {
  readonly target: string;
  /** What went wrong with it. */
  readonly found: string;
  readonly text: (from: { readonly accessKeyId: string }) => string;
  readonly outcome: string;
}

const signed = (accessKeyId: string, service: string): string =>
  `authorization: AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const nested = (open: string, inner: string, close: string, levels: number): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

const json = (accessKeyId: string, service: string, target: string, body: string): string =>
  httpText(
    [
      'POST / HTTP/1.1',
      signed(accessKeyId, service),
      'content-type: application/x-amz-json-1.0',
      `x-amz-target: ${target}`,
    ],
    body,
  );

const update = (condition: string): string =>
  `{"TableName":"things","Key":{"id":{"S":"x"}},"UpdateExpression":"SET a = :x","ConditionExpression":"${condition}","ExpressionAttributeValues":{":x":{"S":"x"}}}`;

/** Everything that was found, in the order in which it was. */
export const regressions: readonly Regression[] = [
  {
    target: 'handler-reach-account',
    found: 'the error repeated the whole text that came instead of a request',
    text: () => JSON.stringify('(a+)+'.repeat(2_000)),
    outcome: 'payload-invalid',
  },
  {
    target: 'handler-workload',
    found: 'a deep list ran out of stack while the refusal was worded',
    text: () => nested('[', '1', ']', 20_000),
    outcome: 'request-invalid',
  },
  {
    target: 'handler-workload',
    found: 'the refusal repeated the whole name of a member that nobody knows',
    text: () => JSON.stringify({ action: 'survey', ['x'.repeat(300_000)]: 1 }),
    outcome: 'request-invalid',
  },
  {
    target: 'handler-reach-account',
    found: 'a deep request ran out of stack while its length was taken',
    text: () =>
      `{"account":"111122223333","region":"eu-west-1","request":${nested('{"a":', '1', '}', 5_000)}}`,
    outcome: 'payload-invalid',
  },
  {
    target: 'endpoint-forged',
    found: 'a path that is not percent-encoded was a defect',
    text: ({ accessKeyId }) =>
      httpText(['GET /things-of-main/%zz HTTP/1.1', signed(accessKeyId, 's3')], ''),
    outcome: 'InvalidURI',
  },
  {
    target: 'endpoint-forged',
    found: 'a chunk of negative size made the reader go round for ever',
    text: ({ accessKeyId }) =>
      httpText(
        [
          'PUT /things-of-main/a/thing HTTP/1.1',
          signed(accessKeyId, 's3'),
          'content-encoding: aws-chunked',
        ],
        '-5\r\nhello\r\n0\r\n\r\n',
      ),
    outcome: 'IncompleteBody',
  },
  {
    target: 'endpoint-forged',
    found: 'a filter of the name __proto__ was a defect',
    text: ({ accessKeyId }) =>
      httpText(
        ['POST / HTTP/1.1', signed(accessKeyId, 'ec2')],
        'Action=DescribeRegions&Version=2016-11-15&Filter.1.Name=__proto__&Filter.1.Value.1=x',
      ),
    outcome: 'InvalidParameterValue',
  },
  {
    target: 'endpoint-forged',
    found: 'a body that is not CBOR was a defect',
    text: ({ accessKeyId }) =>
      httpText(
        [
          'POST /service/GraniteServiceVersion20100801/operation/ListMetrics HTTP/1.1',
          signed(accessKeyId, 'monitoring'),
          'smithy-protocol: rpc-v2-cbor',
        ],
        '\x9b\x7f',
      ),
    outcome: 'SerializationException',
  },
  {
    target: 'endpoint-deep',
    found: 'a deep item ran out of stack in the decoder',
    text: ({ accessKeyId }) =>
      json(
        accessKeyId,
        'dynamodb',
        'DynamoDB_20120810.PutItem',
        `{"TableName":"things","Item":{"id":{"S":"x"},"deep":${nested('{"M":{"a":', '{"S":"x"}', '}}', 3_000)}}}`,
      ),
    outcome: 'SerializationException',
  },
  {
    target: 'endpoint-deep',
    found: 'doubled parentheses in a condition took the parser hours',
    text: ({ accessKeyId }) =>
      json(
        accessKeyId,
        'dynamodb',
        'DynamoDB_20120810.UpdateItem',
        update(nested('(', 'id = :x', ')', 31)),
      ),
    outcome: 'ValidationException',
  },
  {
    target: 'endpoint-deep',
    found: 'nested negations in a condition took the parser hours',
    text: ({ accessKeyId }) =>
      json(
        accessKeyId,
        'dynamodb',
        'DynamoDB_20120810.UpdateItem',
        update(nested('NOT (', 'id = :x', ')', 31)),
      ),
    outcome: 'ValidationException',
  },
  {
    target: 'endpoint-deep',
    found: 'a deep definition ran out of stack',
    text: ({ accessKeyId }) =>
      json(
        accessKeyId,
        'states',
        'AWSStepFunctions.ValidateStateMachineDefinition',
        JSON.stringify({
          definition: `{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":${nested('{"a":', '1', '}', 15_000)},"End":true}}}`,
        }),
      ),
    outcome: 'done',
  },
  {
    target: 'event-pattern',
    found: 'wildcards that can be met in many ways took for ever',
    text: () =>
      JSON.stringify({
        detail: { state: [{ wildcard: `${'*a'.repeat(30)}*c*d` }] },
        source: ['aws.ecs'],
      }),
    outcome: 'matches not',
  },
  {
    target: 'log-filter-pattern',
    found: 'wildcards that can be met in many ways took for ever',
    text: () => `[a = ${'*x'.repeat(30)}*y, ...]`,
    outcome: 'space, 0 of 3',
  },
  {
    target: 'jsonata',
    found: 'a deep expression was refused with the words of a stack that had run out',
    text: () => `{%${'{'.repeat(10_000)}%}`,
    outcome: 'refused',
  },
  {
    target: 'template',
    found: 'an alias within an alias multiplies; the reader of YAML has to keep count',
    text: () =>
      `a: &a [x, x]\n${Array.from('bcdefghijklmnop')
        .map(
          (name, index) =>
            `${name}: &${name} [${`*${'abcdefghijklmnop'[index] ?? ''}, `.repeat(10)}x]`,
        )
        .join('\n')}\nResources: *p\n`,
    outcome: 'refused',
  },
  {
    target: 'bash-script',
    found: 'the interpreter’s parser goes round for ever at a lone dollar sign in arithmetic',
    text: () => 'for i in {1..3}; do echo $((i * $)); done | sort -r\n',
    outcome: 'syntax',
  },
  {
    target: 'rollout-machine',
    found:
      'an input that is too long for the last state fails the execution, which is a stated end',
    text: () => JSON.stringify({ rolloutId: Array<string>(10_000).fill('golden-1-0-3-1') }),
    outcome: 'failed: States.DataLimitExceeded',
  },
  {
    target: 'component-document',
    found: 'an alias without an anchor was an error of JavaScript',
    text: () => '**/*',
    outcome: 'refused',
  },
  {
    target: 'component-document',
    found: 'a deep map was refused with the words of a stack that had run out',
    text: () => '{'.repeat(10_000),
    outcome: 'refused',
  },
  {
    target: 'state-machine-definition',
    found: 'the refusal named every one of ten thousand problems',
    text: () =>
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: { A: { Type: 'Choice', Choices: Array<boolean>(10_000).fill(true), Default: 'A' } },
      }),
    outcome: 'refused',
  },
  {
    target: 'endpoint-socket',
    found: 'a proxy’s method was answered with a closed connection',
    text: () => 'CONNECT x:1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
    outcome: '405',
  },
  {
    target: 'bash-script',
    found:
      'a verb that every object inherits was called as one of systemctl, and gave no exit code',
    text: () => 'systemctl toString',
    outcome: 'fails',
  },
];
