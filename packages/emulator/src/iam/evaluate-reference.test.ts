import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileConditions } from './condition.ts';
import { conditionContext, type ContextValue } from './condition-context.ts';
import { evaluate, type ResourcePolicyMode } from './evaluate.ts';
import {
  like,
  naiveEvaluate,
  type NaiveAnswer,
  type NaiveQuestion,
  type RawStatement,
} from './naive-evaluate.ts';
import {
  aResourcePolicy,
  aRole,
  aRootUser,
  aService,
  aUser,
  anIdentityPolicy,
  otherAccount,
  ownAccount,
} from './policy-builders.ts';
import { principalContext, type Principal } from './principal.ts';
import { compileWildcard } from './wildcard.ts';

const actions = ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sns:Publish'];
const resources = [ownAccount, otherAccount].flatMap((account) =>
  ['jobs', 'jobs/a'].map((name) => `arn:aws:sqs:eu-west-1:${account}:${name}`),
);
const actionPatterns = [...actions, '*', 'sqs:*', 'SQS:sendmessage', 'sqs:?e*Message'];
const resourcePatterns = [
  ...resources,
  '*',
  'arn:aws:sqs:*:*:jobs',
  `arn:aws:sqs:*:${ownAccount}:*`,
];
const operators = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIfExists',
];
const setOperators = ['ForAllValues', 'ForAnyValue'].flatMap((set) => [
  `${set}:StringEquals`,
  `${set}:StringNotEquals`,
]);

const some = (values: readonly string[]) =>
  fc.subarray([...values], { minLength: 1, maxLength: 2 });

/** An element, mostly as such and sometimes as its Not form. */
const element = (name: string, patterns: readonly string[]): fc.Arbitrary<RawStatement> =>
  fc
    .tuple(fc.constantFrom('', '', '', 'Not'), some(patterns))
    .map(([not, chosen]) => ({ [`${not}${name}`]: chosen }));

const singleCondition = fc
  .tuple(
    fc.constantFrom(...operators),
    fc.constantFrom('aws:PrincipalTag/team', 'aws:username', 'AWS:sourceaccount', 'sqs:Own'),
    some(['blue', 'b*', 'Bob', ownAccount]),
  )
  .map(([operator, key, values]) => ({ [operator]: { [key]: values } }));
const multipleCondition = fc
  .tuple(fc.constantFrom(...setOperators), some(['a', 'b', 'c']))
  .map(([operator, values]) => ({ [operator]: { 'aws:TagKeys': values } }));
const nullCondition = fc
  .tuple(fc.constantFrom('true', 'false'), fc.constantFrom('aws:TagKeys', 'aws:username'))
  .map(([expected, key]) => ({ Null: { [key]: expected } }));
const condition: fc.Arbitrary<RawStatement> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(singleCondition, fc.oneof(fc.constant({}), multipleCondition, nullCondition))
      .map(([one, other]) => ({ Condition: { ...one, ...other } })),
  },
  { weight: 1, arbitrary: multipleCondition.map((Condition) => ({ Condition })) },
);

const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');
const statement: fc.Arbitrary<RawStatement> = fc
  .tuple(
    effect,
    element('Action', actionPatterns),
    element('Resource', resourcePatterns),
    condition,
  )
  .map(([Effect, action, resource, conditions]) => ({
    Effect,
    ...action,
    ...resource,
    ...conditions,
  }));

const principals = [
  '*',
  { AWS: '*' },
  { AWS: ownAccount },
  { AWS: `arn:aws:iam::${otherAccount}:root` },
  { AWS: [aUser().arn, aRole().roleArn] },
  { AWS: [aRole().arn, otherAccount] },
  { AWS: [ownAccount, aRole().roleArn, aRole().arn] },
  { AWS: [ownAccount, aUser().arn] },
  { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
] as const;
const resourceStatement: fc.Arbitrary<RawStatement> = fc
  .tuple(statement, fc.constantFrom(...principals), fc.boolean())
  .map(([given, Principal, negated]) =>
    // NotPrincipal goes with Deny only, and names somebody.
    negated &&
    given['Effect'] === 'Deny' &&
    Principal !== '*' &&
    !('AWS' in Principal && Principal.AWS === '*')
      ? { ...given, NotPrincipal: Principal }
      : { ...given, Principal },
  );

const statements = (one: fc.Arbitrary<RawStatement>) => fc.array(one, { maxLength: 3 });
const caller: fc.Arbitrary<Principal> = fc
  .tuple(
    fc.constantFrom<Record<string, string>>({}, { team: 'blue' }, { team: 'red' }),
    fc.constantFrom(ownAccount, ownAccount, otherAccount),
    fc.constantFrom('user', 'role', 'role', 'root', 'service'),
  )
  .map(([tags, account, kind]) => {
    if (kind === 'user') return aUser({ tags, account });
    if (kind === 'role') return aRole({ sessionTags: tags, account });
    return kind === 'root' ? aRootUser(account) : aService({ sourceAccount: account });
  });

const question: fc.Arbitrary<NaiveQuestion> = fc
  .record({
    principal: caller,
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...resources),
    values: fc.record(
      {
        'aws:TagKeys': fc.subarray(['a', 'b', 'c', 'd']),
        'sqs:own': fc.constantFrom('blue', 'Bob'),
      },
      { requiredKeys: [] },
    ),
    identity: statements(statement),
    session: fc.oneof(fc.constant([]), statements(statement)),
    resourcePolicy: statements(resourceStatement),
    mode: fc.constantFrom<ResourcePolicyMode>('normal', 'normal', 'key-policy', 'trust-policy'),
  })
  .map(({ values, ...given }) => ({
    ...given,
    resourceAccount: given.resource.split(':')[4] ?? '',
    context: presentOf({ ...principalContext(given.principal, {}), ...values }),
  }));

const presentOf = (
  values: Readonly<Record<string, ContextValue | undefined>>,
): Record<string, ContextValue> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

function answerOf(given: NaiveQuestion): NaiveAnswer {
  const { principal, identity, session, resourcePolicy } = given;
  const limited =
    principal.kind === 'assumed-role' && session.length > 0
      ? { ...principal, sessionPolicies: session.map((one) => anIdentityPolicy(one)) }
      : principal;
  const decision = evaluate(
    {
      principal: limited,
      action: given.action,
      resource: given.resource,
      resourceAccount: given.resourceAccount,
      context: conditionContext(given.context),
    },
    {
      identity: identity.map((one) => anIdentityPolicy(one)),
      resource: resourcePolicy.length === 0 ? undefined : aResourcePolicy(...resourcePolicy),
      resourcePolicyMode: given.mode,
    },
  );
  if (decision.allowed) return 'allow';
  return decision.explicitDeny ? 'explicit deny' : 'implicit deny';
}

// The seed is fixed because the tests count what was met, and a count of chance would fail on some days.
const runs = { numRuns: 4000, seed: 1 };

describe('evaluate', () => {
  it('decides as a naive reading of the flow charts does', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(question, (given) => {
        const expected = naiveEvaluate(given);
        const kind = `${given.principal.kind}: ${expected}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        expect(answerOf(given)).toBe(expected);
      }),
      runs,
    );
    // Each kind of caller has met each end of the flow chart, so that each could have been wrong.
    for (const kind of ['user', 'assumed-role', 'root', 'service'])
      for (const end of ['allow', 'implicit deny', 'explicit deny'])
        expect([`${kind}: ${end}`, (seen.get(`${kind}: ${end}`) ?? 0) > 10]).toEqual([
          `${kind}: ${end}`,
          true,
        ]);
  });

  it('is not told what to answer: a naive evaluator that forgets session policies is found out', () => {
    const forgetful = (given: NaiveQuestion): NaiveAnswer =>
      naiveEvaluate({ ...given, session: [] });
    expect(() => {
      fc.assert(
        fc.property(question, (given) => {
          expect(answerOf(given)).toBe(forgetful(given));
        }),
        runs,
      );
    }).toThrow('Property failed');
  });
});

describe('wildcards', () => {
  it('match as plain recursion does', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        expect(compileWildcard(one)(other)).toBe(like(one, other));
      }),
    );
  });
});

it('finds no condition in a block without operators', () => {
  expect(compileConditions({}, { version: '2012-10-17', effect: 'Allow' })).toEqual([]);
});
