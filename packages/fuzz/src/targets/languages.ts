import { readTemplate } from '@golden/emulator/cloudformation/template.ts';
import { compilePolicy } from '@golden/emulator/iam/policy-document.ts';
import { MalformedPolicy } from '@golden/emulator/iam/malformed-policy.ts';
import { compilePattern, InvalidPattern } from '@golden/emulator/services/events/pattern.ts';
import { parseComponentDocument } from '@golden/emulator/services/imagebuilder/component-document.ts';
import { makeZip, MalformedZip, readZip } from '@golden/emulator/services/lambda/zip.ts';
import { parseFilterPattern } from '@golden/emulator/services/logs/filter-pattern.ts';
import { MalformedPattern } from '@golden/emulator/services/logs/malformed-pattern.ts';
import { InvalidSchedule } from '@golden/emulator/services/scheduler/cron.ts';
import {
  nextCronTime,
  parseSchedule,
} from '@golden/emulator/services/scheduler/schedule-expression.ts';
import { evaluateTemplate } from '@golden/emulator/services/stepfunctions/asl/evaluate-template.ts';
import { parseDefinition } from '@golden/emulator/services/stepfunctions/asl/parse-definition.ts';
import { StateError } from '@golden/emulator/services/stepfunctions/asl/state-error.ts';
import { AwsError } from '@golden/emulator/world/aws-error.ts';
import { readFileSync } from 'node:fs';
import { mutatedJson } from '../cases/mutated-json.ts';
import { mutatedText, textsLike } from '../cases/mutated-text.ts';
import { parserTarget } from '../parser-target.ts';
import type { Target } from '../target.ts';
import fc from 'fast-check';

const is =
  (...kinds: readonly (new (...args: never[]) => Error)[]) =>
  (error: Error): boolean =>
    kinds.some((kind) => error instanceof kind);

const eventPattern = [
  '{"source":["aws.ecs"],"detail":{"state":[{"prefix":"a"},{"suffix":"b"},{"wildcard":"a*b*c"}]}}',
  '{"detail":{"$or":[{"a":[{"numeric":[">",0,"<=",5]}]},{"b":[{"exists":false}]}]}}',
  '{"detail":{"ip":[{"cidr":"10.0.0.0/24"}],"c":[{"anything-but":{"prefix":"x"}}],"d":[{"equals-ignore-case":"X"}]}}',
];
const event = {
  source: 'aws.ecs',
  detail: { state: `${'ab'.repeat(200)}c`, a: 1, ip: '10.0.0.7', c: ['x', 'y'], d: [{ e: null }] },
};

const filterPatterns = [
  '{ $.code = "group-failed" && ($.level = "error" || $.count > 10) }',
  '{ $.a[0].b NOT EXISTS }',
  '{ ($.a IS TRUE) || ($.b = *x*) }',
  '[ip, user, ..., status = 4*, bytes > 10]',
  'ERROR -"exit code" ?WARN',
];
const logLines = [
  '{"code":"group-failed","level":"error","count":12,"a":[{"b":1}]}',
  `127.0.0.1 root GET ${'x'.repeat(500)} 404 17`,
  'ERROR of a kind',
];

const schedules = [
  'rate(5 minutes)',
  'cron(0 12 * * ? *)',
  'cron(0/15 8-17 ? * MON-FRI 2026-2030)',
  'cron(0 0 L * ? *)',
  'cron(0 0 ? * 6#3 *)',
  'at(2026-11-21T08:00:00)',
];
const startsAt = Date.parse('2026-11-21T08:00:00Z');

const expressions = [
  '{% $states.input.a & "x" %}',
  '{% $sum($states.input.items.(price * count)) %}',
  '{% $merge([$states.input, {"n": $count($states.input.items)}]) %}',
  '{% ($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(5)) %}',
  '{% $map($range(0, 10, 2), function($v) { $string($v) }) %}',
  '{% $replace($states.input.a, /a(b)?/, "$1") %}',
  '{% $states.input.items[price > 1]^(>price).name %}',
];
const expressionWords = [
  '{% ',
  ' %}',
  '$',
  '$states',
  '.input',
  '.items',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ':',
  ',',
  '?',
  '&',
  '+',
  '*',
  '**',
  '%',
  '^',
  '@',
  '#',
  '~>',
  ':=',
  'function',
  'and',
  'in',
  '"a"',
  '1',
  '0',
  '..',
  '/a+/',
  '$sum',
  '$map',
  '$eval',
  '$range',
  '$pad',
  '$match',
  '$sort',
  '$reduce',
  '$string',
  '$hash',
  '$parse',
  '$number',
];
const evaluation = {
  input: {
    a: 'abab'.repeat(10),
    items: [
      { name: 'x', price: 2, count: 3 },
      { name: 'y', price: 1, count: 1 },
    ],
  },
  context: { Execution: { Id: 'x' } },
  variables: new Map(),
  now: startsAt,
  chance: () => 0.5,
};

const policies = [
  '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*"],"Resource":"arn:aws:s3:::a/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:SecureTransport":"true"},"NumericLessThan":{"x":"5"},"ForAllValues:StringLike":{"aws:TagKeys":["a*"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}',
  '{"Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":["*"],"Principal":{"AWS":["111122223333"],"Service":"lambda.amazonaws.com"}}}',
];

const definitions = (): readonly string[] => {
  const { Resources } = JSON.parse(
    readFileSync(
      new URL('../../../../dist/templates/infra-account.template.json', import.meta.url),
      'utf8',
    ),
  ) as {
    Resources: Readonly<Record<string, { Type: string; Properties: Record<string, unknown> }>>;
  };
  const machine = Object.values(Resources).find(
    ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
  );
  const text = machine?.Properties['DefinitionString'];
  return [
    typeof text === 'string' ? text : '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
    '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Condition":"{% $states.input.a = 1 %}","Next":"B"}],"Default":"B"},"B":{"Type":"Wait","Seconds":5,"Next":"C"},"C":{"Type":"Map","Items":"{% [1,2] %}","ItemProcessor":{"StartAt":"D","States":{"D":{"Type":"Pass","Output":{"a":"{% $states.input %}"},"End":true}}},"Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"End":true}}}',
  ];
};

const templates = [
  '{"AWSTemplateFormatVersion":"2010-09-09","Parameters":{"P":{"Type":"String","Default":"x","AllowedPattern":"[a-z]+","MaxLength":5}},"Mappings":{"M":{"a":{"b":"c"}}},"Conditions":{"C":{"Fn::And":[{"Fn::Equals":[{"Ref":"P"},"x"]},{"Fn::Not":[{"Condition":"D"}]}]},"D":{"Fn::Or":[{"Fn::Equals":["a","b"]},{"Fn::Equals":["a","c"]}]}},"Resources":{"A":{"Type":"AWS::SSM::Parameter","Condition":"C","DependsOn":["B"],"Properties":{"Type":"String","Value":{"Fn::Sub":["${P}-${X}-${!Y}-${B.Arn}",{"X":{"Fn::FindInMap":["M","a","b"]}}]}}},"B":{"Type":"AWS::SQS::Queue","DeletionPolicy":"Retain","Metadata":{"a":1}}},"Outputs":{"O":{"Value":{"Fn::If":["C",{"Fn::Join":["-",["a",{"Fn::GetAtt":["B","Arn"]}]]},{"Ref":"AWS::NoValue"}]},"Export":{"Name":{"Fn::Select":[0,{"Fn::Split":[",","a,b"]}]}}}}}',
];
const yamlTemplates = [
  'Resources:\n  A: &x\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub "a-${AWS::Region}"\nOutputs:\n  O:\n    Value: !GetAtt A.Arn\n',
  'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nResources: *c\n',
];

const components = [
  'name: x\nschemaVersion: 1.0\nparameters:\n  - Key:\n      type: string\n      default: "a"\nphases:\n  - name: build\n    steps:\n      - name: Run\n        action: ExecuteBash\n        timeoutSeconds: 60\n        onFailure: Abort\n        loop:\n          name: each\n          forEach: [a, b]\n        inputs:\n          commands:\n            - "echo {{ Key }} {{ each.value }}"\n',
];

const zips = [
  makeZip({ 'index.js': 'exports.handler = async () => 1;', 'a/b.json': '{}' }),
  makeZip({}),
].map((bytes) => Buffer.from(bytes).toString('latin1'));

/** What customers write in the languages of AWS's services. */
export const languageTargets: readonly Target[] = [
  parserTarget({
    name: 'event-pattern',
    weight: 50,
    cases: () => fc.oneof(mutatedJson(eventPattern), mutatedText(fc.constantFrom(...eventPattern))),
    parse: (text) => (compilePattern(text).matches(event) ? 'matches' : 'matches not'),
    isRefusal: is(InvalidPattern),
  }),
  parserTarget({
    name: 'log-filter-pattern',
    weight: 40,
    cases: () =>
      textsLike({
        examples: filterPatterns,
        words: [
          '{',
          '}',
          '[',
          ']',
          '$.',
          '$.a',
          '=',
          '!=',
          '&&',
          '||',
          '(',
          ')',
          '"',
          '*',
          '...',
          ' ',
          ',',
          'IS',
          'NOT',
          'EXISTS',
          '1e5',
          '-',
          '?',
          '%',
          '\\',
        ],
      }),
    parse: (text) => {
      const pattern = parseFilterPattern(text);
      const matched = logLines.filter((line) => pattern.match(line) !== undefined);
      return `${pattern.kind}, ${matched.length} of ${logLines.length}`;
    },
    isRefusal: is(MalformedPattern),
  }),
  parserTarget({
    name: 'schedule',
    weight: 40,
    cases: () =>
      textsLike({
        examples: schedules,
        words: [
          'rate(',
          'cron(',
          'at(',
          ')',
          ' ',
          '*',
          '?',
          '/',
          '-',
          ',',
          '#',
          'L',
          'W',
          '0',
          '5',
          '31',
          '1970',
          '2199',
          'MON',
          'JAN',
          'minutes',
          'day',
        ],
      }),
    parse: (text) => {
      const schedule = parseSchedule(text);
      if (schedule.kind !== 'cron') return schedule.kind;
      return nextCronTime(schedule.cron, startsAt, 'Europe/Berlin') === undefined
        ? 'never'
        : 'cron';
    },
    isRefusal: is(InvalidSchedule),
  }),
  parserTarget({
    name: 'policy-document',
    weight: 50,
    cases: () => mutatedJson(policies),
    parse: (text) =>
      compilePolicy(text, { name: 'x', kind: 'resource', resourceElement: 'optional' }).statements
        .length > 0
        ? 'statements'
        : 'no statement',
    isRefusal: is(MalformedPolicy),
  }),
  parserTarget({
    name: 'jsonata',
    weight: 40,
    cases: () => textsLike({ examples: expressions, words: expressionWords }),
    parse: async (text) => {
      await evaluateTemplate(text, evaluation);
      return 'evaluated';
    },
    isRefusal: is(StateError),
  }),
  parserTarget({
    name: 'state-machine-definition',
    weight: 20,
    cases: () => mutatedJson(definitions()),
    parse: (text) => (parseDefinition(text).States.size > 0 ? 'states' : 'no state'),
    isRefusal: is(AwsError),
  }),
  parserTarget({
    name: 'template',
    weight: 40,
    cases: () =>
      fc.oneof(
        { weight: 3, arbitrary: mutatedJson(templates) },
        { weight: 1, arbitrary: mutatedText(fc.constantFrom(...templates, ...yamlTemplates)) },
      ),
    parse: (text) => (readTemplate(text).resources.size > 0 ? 'resources' : 'no resource'),
    isRefusal: is(AwsError),
  }),
  parserTarget({
    name: 'component-document',
    weight: 20,
    cases: () => mutatedText(fc.constantFrom(...components)),
    parse: (text) => (parseComponentDocument(text).phases.length > 0 ? 'phases' : 'no phase'),
    isRefusal: is(AwsError),
  }),
  parserTarget({
    name: 'zip',
    weight: 20,
    cases: () => mutatedText(fc.constantFrom(...zips)),
    parse: (text) => `${readZip(Buffer.from(text, 'latin1')).size} files`,
    isRefusal: is(MalformedZip),
  }),
];
