import fc from 'fast-check';
import { httpText, signedBy } from './http-text.ts';

type Deep = readonly [
  signingName: string,
  headers: readonly string[],
  body: (levels: number) => string,
];

const nested =
  (open: string, inner: string, close: string) =>
  (levels: number): string =>
    `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

const item = nested('{"M":{"a":', '{"S":"x"}', '}}');
const condition = nested('(', 'id = :x', ')');
const rule = nested('(', 'ALARM(thing)', ')');
const intrinsic = nested('{"Fn::Join":["",[', '"x"', ']]}');
const json = (version: string, target: string): readonly string[] => [
  'POST / HTTP/1.1',
  `content-type: application/x-amz-json-${version}`,
  `x-amz-target: ${target}`,
];
const form = ['POST / HTTP/1.1', 'content-type: application/x-www-form-urlencoded'];

/** Calls whose input may nest as deeply as its sender likes, in the shapes that allow it and in the texts within. */
const calls: readonly Deep[] = [
  [
    'dynamodb',
    json('1.0', 'DynamoDB_20120810.PutItem'),
    (levels) => `{"TableName":"things","Item":{"id":{"S":"x"},"deep":${item(levels)}}}`,
  ],
  [
    'dynamodb',
    json('1.0', 'DynamoDB_20120810.UpdateItem'),
    (levels) =>
      `{"TableName":"things","Key":{"id":{"S":"x"}},"UpdateExpression":"SET a = :x","ConditionExpression":"${condition(levels)}","ExpressionAttributeValues":{":x":{"S":"x"}}}`,
  ],
  [
    'dynamodb',
    json('1.0', 'DynamoDB_20120810.UpdateItem'),
    (levels) =>
      `{"TableName":"things","Key":{"id":{"S":"x"}},"UpdateExpression":"SET a${'.a'.repeat(levels)} = :x","ExpressionAttributeValues":{":x":{"S":"x"}}}`,
  ],
  [
    'events',
    json('1.1', 'AWSEvents.PutRule'),
    (levels) =>
      JSON.stringify({ Name: 'deep', EventPattern: nested('{"a":', '["x"]', '}')(levels) }),
  ],
  [
    'events',
    json('1.1', 'AWSEvents.TestEventPattern'),
    (levels) =>
      JSON.stringify({
        EventPattern: '{"source":["x"]}',
        Event: nested('{"a":', '1', '}')(levels),
      }),
  ],
  [
    'events',
    json('1.1', 'AWSEvents.PutEvents'),
    (levels) =>
      JSON.stringify({
        Entries: [{ Source: 'x', DetailType: 'x', Detail: nested('{"a":', '1', '}')(levels) }],
      }),
  ],
  [
    'states',
    json('1.0', 'AWSStepFunctions.ValidateStateMachineDefinition'),
    (levels) =>
      JSON.stringify({
        definition: `{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":${nested('{"a":', '1', '}')(levels)},"End":true}}}`,
      }),
  ],
  [
    'states',
    json('1.0', 'AWSStepFunctions.ValidateStateMachineDefinition'),
    (levels) =>
      JSON.stringify({
        definition: `{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":"{% ${nested('(', '1', ')')(levels)} %}","End":true}}}`,
      }),
  ],
  [
    'logs',
    json('1.1', 'Logs_20140328.FilterLogEvents'),
    (levels) =>
      JSON.stringify({
        logGroupName: '/things',
        filterPattern: `{ ${nested('(', '$.a = 1', ')')(levels)} }`,
      }),
  ],
  [
    'monitoring',
    form,
    (levels) =>
      `Action=PutCompositeAlarm&Version=2010-08-01&AlarmName=deep&AlarmRule=${encodeURIComponent(rule(levels))}`,
  ],
  [
    'cloudformation',
    form,
    (levels) =>
      `Action=ValidateTemplate&Version=2010-05-15&TemplateBody=${encodeURIComponent(`{"Resources":{"A":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":${intrinsic(levels)}}}}}`)}`,
  ],
  [
    'cloudformation',
    form,
    (levels) =>
      `Action=CreateStack&Version=2010-05-15&StackName=deep-${levels}&TemplateBody=${encodeURIComponent(`{"Resources":{"A":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":${intrinsic(levels)}}}}}`)}`,
  ],
  [
    'iam',
    form,
    (levels) =>
      `Action=CreatePolicy&Version=2010-05-08&PolicyName=deep&PolicyDocument=${encodeURIComponent(`{"Version":"2012-10-17","Statement":${nested('[', '{"Effect":"Allow","Action":"*","Resource":"*"}', ']')(levels)}}`)}`,
  ],
  [
    'sns',
    form,
    (levels) =>
      `Action=Subscribe&Version=2010-03-31&TopicArn=x&Protocol=email&Endpoint=a@example.com&Attributes.entry.1.key=FilterPolicy&Attributes.entry.1.value=${encodeURIComponent(nested('{"a":', '["x"]', '}')(levels))}`,
  ],
  ['lambda', ['POST /2015-03-31/functions/thing/invocations HTTP/1.1'], nested('[', '1', ']')],
  ['s3', ['PUT /things-of-main/a/thing?tagging HTTP/1.1'], nested('<a>', '', '</a>')],
  ['s3', ['PUT /things-of-main?policy HTTP/1.1'], nested('{"a":', '1', '}')],
  [
    'imagebuilder',
    ['PUT /CreateComponent HTTP/1.1', 'content-type: application/json'],
    (levels) =>
      JSON.stringify({
        name: 'deep',
        platform: 'Linux',
        semanticVersion: '1.0.0',
        clientToken: 'x',
        data: `schemaVersion: 1.0\nphases: ${nested('[', '', ']')(levels)}`,
      }),
  ],
];

export const deepCall = (signer: { accessKeyId: string; region: string }): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...calls), fc.constantFrom(1, 10, 31, 33, 101, 600, 3_000, 15_000))
    .map(([[signingName, [requestLine = '', ...headers], body], levels]) =>
      httpText([requestLine, ...signedBy({ ...signer, signingName }), ...headers], body(levels)),
    );
