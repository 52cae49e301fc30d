import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { makeZip } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites } from './hand-made.ts';

const minute = 60_000;
const handlerName = 'golden-golden-handler';

let stage: FleetStage;
let good: VersionRecord;

beforeAll(async () => {
  const accounts = [
    'workload-1',
    'trust-changed',
    'stack-deleted',
    'function-deleted',
    'environment-broken',
    'answers-nonsense',
    'answers-much',
    'too-slow',
  ].map((name) => ({ name }));
  stage = await FleetStage.open({
    otherRegions: [],
    rootAccounts: ['without-stack'],
    units: [{ name: 'workloads', accounts }],
  });
  await stage.deploy();
  good = await stage.build('harden.sh');
});

const survey = (place: Place): object => stage.request(place, good, { action: 'survey' });

describe('a request that the handler cannot take', () => {
  const image = () => ({
    ami: good.amis?.[stage.infra.home],
    region: stage.infra.home,
    version: '1.0.1',
  });
  const asks = (changes: object) => ({ ...survey(stage.place('workload-1')), ...changes });
  const refresh = { action: 'refresh', rolloutId: 'r1' };
  const cases: readonly [string, () => object, RegExp][] = [
    [
      'of a schema to come',
      () => asks({ schema: 3 }),
      /: schema is 3; the handler speaks schema 2/,
    ],
    ['without a schema', () => asks({ schema: undefined }), /: schema is missing;/],
    ['with a schema in text', () => asks({ schema: '2' }), /: schema is "2";/],
    ['with a member too many', () => asks({ dryRun: true }), /: member dryRun is true;/],
    [
      'with a member too many in the image',
      () => asks({ image: { ...image(), latest: true } }),
      /: member latest is true;/,
    ],
    [
      'with a rollout that a survey has not',
      () => asks({ rolloutId: 'r1' }),
      /: member rolloutId is "r1";/,
    ],
    ['of an unknown action', () => asks({ action: 'terminate' }), /: action is "terminate";/],
    ['of a list of actions', () => asks({ action: ['survey'] }), /: action is \["survey"\];/],
    ['of no action', () => asks({ action: undefined }), /: action is missing;/],
    ['about nothing', () => ({}), /: action is missing;/],
    ['about something else', () => ({ Records: [{ body: 'x' }] }), /: action is missing;/],
    ['by prefix', () => asks({ image: { ...image(), ami: 'golden*' } }), /: ami is "golden\*";/],
    ['without an image', () => asks({ image: undefined }), /: image is missing;/],
    [
      'with a version of its own',
      () => asks({ image: { ...image(), version: '$Latest' } }),
      /: version is "\$Latest";/,
    ],
    [
      'with a key that is none',
      () => asks({ image: { ...image(), kmsKeyArn: 'alias/aws/ebs' } }),
      /: kmsKeyArn is "alias\/aws\/ebs";/,
    ],
    ['to move without a rollout', () => asks({ action: 'refresh' }), /: rolloutId is missing;/],
    [
      'with a rollout too long to be written down',
      () => asks({ ...refresh, rolloutId: 'r'.repeat(51) }),
      /: rolloutId is "r{51}";/,
    ],
    [
      'with a rollout that would not fit a tag',
      () => asks({ ...refresh, rolloutId: 'r 1' }),
      /: rolloutId is "r 1";/,
    ],
    [
      'to go back for no reason',
      () => asks({ ...refresh, action: 'rollback' }),
      /: reason is missing;/,
    ],
    [
      'to go back for a reason of two lines',
      () => asks({ ...refresh, action: 'rollback', reason: 'a\nb' }),
      /: reason is "a\\nb";/,
    ],
    [
      'about a line that is no name',
      () => asks({ line: '../golden' }),
      /: line is "\.\.\/golden";/,
    ],
  ];

  it.each(cases)('%s is refused, with the value', async (_, make, problem) => {
    const start = stage.world.journal.entries.length;
    const place = stage.place('workload-1');
    expect(await stage.ask(place, make())).toEqual({
      outcome: 'answered',
      response: {
        outcome: 'refused',
        block: { reason: 'request-invalid', sentence: expect.stringMatching(problem) },
      },
    });
    expect(handlerWrites(stage, place, start)).toEqual([]);
  });

  it('because it is of another line is refused, with both lines', async () => {
    expect(await stage.ask(stage.place('workload-1'), asks({ line: 'silver' }))).toEqual({
      outcome: 'answered',
      response: {
        outcome: 'refused',
        block: {
          reason: 'other-line',
          sentence: 'this is the handler of line golden, not of silver',
        },
      },
    });
  });

  it.each([
    ['nothing', ''],
    ['a text', '"refresh"'],
    ['a list', '[{"action":"refresh"}]'],
    ['a number', '7'],
  ])('because it is %s is refused too when the owner sends it', async (_, Payload) => {
    const place = stage.place('workload-1');
    const answer = await stage.infra
      .client(LambdaClient, place)
      .send(new InvokeCommand({ FunctionName: handlerName, Payload }));
    expect(JSON.parse(new TextDecoder().decode(answer.Payload))).toMatchObject({
      schema: 2,
      outcome: 'refused',
      block: { reason: 'request-invalid' },
    });
  });

  it.each([1, 2])('is answered in the schema that it is asked in: %i', async (schema) => {
    const place = stage.place('workload-1');
    const outcomes: unknown[] = [];
    for (const action of ['survey', 'terminate']) {
      const { Payload } = await stage.infra.client(LambdaClient, place).send(
        new InvokeCommand({
          FunctionName: handlerName,
          Payload: JSON.stringify(asks({ schema, action })),
        }),
      );
      outcomes.push(JSON.parse(new TextDecoder().decode(Payload)));
    }
    expect(outcomes).toMatchObject([
      { schema, outcome: 'answered' },
      { schema, outcome: 'refused' },
    ]);
  });
});

describe('a target that does not answer', () => {
  const unreachable = (reason: string, detail: RegExp) => ({
    outcome: 'unreachable',
    reason,
    detail: expect.stringMatching(detail),
  });
  const stackOf = async (place: Place): Promise<{ client: CloudFormationClient; name: string }> => {
    const client = stage.infra.client(CloudFormationClient, place);
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    const name = Stacks.find(({ StackName }) => StackName?.startsWith('StackSet-'))?.StackName;
    if (name === undefined) throw new Error(`no stack in ${place.account.name}`);
    return { client, name };
  };

  it('because there is no such account is said to refuse its role', async () => {
    const account = { ...stage.place('workload-1').account, id: '999999999999' };
    expect(await stage.ask({ account, region: stage.infra.home }, { action: 'survey' })).toEqual(
      unreachable('role-denied', /^AccessDenied: /),
    );
  });

  it('because it is outside the organization, in spite of a role of the right name and trust', async () => {
    const place = { account: stage.infra.stranger, region: stage.infra.home };
    await stage.deployStack(place, {
      name: 'lure',
      parameters: {},
      template: JSON.stringify({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'golden-golden-invoker',
              AssumeRolePolicyDocument: {
                Version: '2012-10-17',
                Statement: {
                  Effect: 'Allow',
                  Principal: { AWS: `arn:aws:iam::${stage.infra.infra.id}:root` },
                  Action: 'sts:AssumeRole',
                },
              },
            },
          },
        },
      }),
    });
    expect(await stage.ask(place, survey(place))).toEqual(
      unreachable('role-denied', /^AccessDenied: .*is not authorized to perform: sts:AssumeRole/),
    );
  });

  it('because it is a member without the stack', async () => {
    const place = stage.place('without-stack');
    expect(await stage.ask(place, survey(place))).toEqual(unreachable('role-denied', /Denied/));
  });

  it('because its owner changed whom the role trusts', async () => {
    const place = stage.place('trust-changed');
    const { client, name } = await stackOf(place);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const own = `arn:aws:iam::${place.account.id}:role/own`;
    await client.send(
      new UpdateStackCommand({
        StackName: name,
        UsePreviousTemplate: true,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: (Stacks?.[0]?.Parameters ?? []).map(({ ParameterKey }) =>
          ParameterKey === 'ReachAccountRoleArn'
            ? { ParameterKey, ParameterValue: own }
            : { ParameterKey, UsePreviousValue: true },
        ),
      }),
    );
    await stage.world.scheduler.runFor(10 * minute);
    expect(await stage.ask(place, survey(place))).toEqual(unreachable('role-denied', /Denied/));
  });

  it('because its owner deleted the stack', async () => {
    const place = stage.place('stack-deleted');
    const { client, name } = await stackOf(place);
    await client.send(new DeleteStackCommand({ StackName: name }));
    await stage.world.scheduler.runFor(10 * minute);
    expect(await stage.ask(place, survey(place))).toEqual(unreachable('role-denied', /Denied/));
  });

  it('because its owner deleted the function', async () => {
    const place = stage.place('function-deleted');
    await stage.infra
      .client(LambdaClient, place)
      .send(new DeleteFunctionCommand({ FunctionName: handlerName }));
    expect(await stage.ask(place, survey(place))).toEqual(
      unreachable('function-missing', /^ResourceNotFoundException: Function not found/),
    );
  });

  it('because the stack is not in that Region', async () => {
    const place = { ...stage.place('workload-1'), region: 'eu-central-1' };
    expect(await stage.ask(place, survey(place))).toEqual(
      unreachable('function-missing', /^ResourceNotFoundException: Function not found/),
    );
  });

  it('because its environment is broken', async () => {
    const place = stage.place('environment-broken');
    await stage.infra.client(LambdaClient, place).send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: handlerName,
        Environment: { Variables: { LINE: 'golden' } },
      }),
    );
    await stage.world.scheduler.runFor(minute);
    expect(await stage.ask(place, survey(place))).toEqual(
      unreachable('function-failed', /INFRA_ACCOUNT/),
    );
  });

  it.each([
    ['answers-nonsense', 'async () => "done"', 'answer-invalid', /answer of a target/],
    ['answers-nonsense', 'async () => {}', 'answer-invalid', /answer of a target/],
    [
      'answers-nonsense',
      'async () => ({ schema: 3, outcome: "answered", warnings: [], groups: [] })',
      'answer-invalid',
      /schema/,
    ],
    [
      'answers-nonsense',
      'async () => { throw new Error("no wish to") }',
      'function-failed',
      /^Error: no wish to$/,
    ],
    [
      'answers-much',
      'async () => "x".repeat(300000)',
      'answer-too-large',
      /^the answer has 300002 bytes/,
    ],
    [
      'too-slow',
      'async () => new Promise((done) => setTimeout(done, 600000))',
      'timed-out',
      /Task timed out/,
    ],
  ])('because its owner replaced the code: %s %s', async (account, code, reason, detail) => {
    const place = stage.place(account);
    const lambda = stage.infra.client(LambdaClient, place);
    const ZipFile = makeZip({ 'index.js': `exports.handler = ${code};` });
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: handlerName, ZipFile }));
    await stage.world.scheduler.runFor(minute);
    expect(await stage.ask(place, survey(place))).toEqual(unreachable(reason, detail));
  });

  it('keeps no other from answering', async () => {
    const place = stage.place('workload-1');
    await (await HandMade.open(stage, place)).plainGroup('web');
    expect(await stage.reports(place, survey(place))).toMatchObject([{ state: 'ready' }]);
  });
});
