import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conditionContext } from './condition-context.ts';
import type { AccessRequest, PolicySources, ResourcePolicyMode } from './evaluate.ts';
import { evaluate } from './evaluate.ts';
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
import type { Principal } from './principal.ts';
import { principalContext } from './principal.ts';

type Statement = Readonly<Record<string, unknown>>;

const actions = ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sns:Publish'];
const resources = [
  `arn:aws:sqs:eu-west-1:${ownAccount}:a`,
  `arn:aws:sqs:eu-west-1:${otherAccount}:b`,
  'arn:aws:s3:::bucket/${aws:username}',
];

const element = (name: string, values: readonly string[]): fc.Arbitrary<Statement> =>
  fc.oneof(
    fc.subarray([...values], { minLength: 1 }).map((chosen) => ({ [name]: chosen })),
    fc.constantFrom(...values).map((chosen) => ({ [`Not${name}`]: chosen })),
    fc.constant({ [name]: '*' }),
  );

const condition: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc
    .tuple(
      fc.constantFrom(
        'StringEquals',
        'StringNotEquals',
        'StringLikeIfExists',
        'ForAnyValue:StringNotLike',
      ),
      fc.constantFrom('aws:PrincipalTag/team', 'aws:username', 'aws:SourceAccount'),
      fc.constantFrom('blue', 'Bob', ownAccount, '${aws:PrincipalTag/team}'),
    )
    .map(([operator, key, value]) => ({ Condition: { [operator]: { [key]: value } } })),
);

const statement: fc.Arbitrary<Statement> = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    element('Action', [...actions, 'sqs:*']),
    element('Resource', [...resources, 'arn:aws:sqs:*:*:*']),
    condition,
  )
  .map(([Effect, action, resource, conditions]) => ({
    Effect,
    ...action,
    ...resource,
    ...conditions,
  }));

const named: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  '*',
  { AWS: ownAccount },
  { AWS: otherAccount },
  { AWS: [aUser().arn, aRole().roleArn] },
  { AWS: aRole().arn },
  { Service: 'events.amazonaws.com' },
);

const resourceStatement = fc
  .tuple(statement, named)
  .map(([given, Principal]): Statement => ({ ...given, Principal }));

const team = fc.constantFrom<Record<string, string>>({}, { team: 'blue' });
const principal: fc.Arbitrary<Principal> = fc.oneof(
  team.map((tags) => aUser({ tags })),
  fc
    .tuple(team, fc.array(statement, { minLength: 1, maxLength: 2 }), fc.boolean())
    .map(([sessionTags, given, limited]) =>
      aRole({ sessionTags, sessionPolicies: limited ? [anIdentityPolicy(...given)] : [] }),
    ),
  fc.constant(aRootUser()),
  fc.constantFrom(undefined, ownAccount).map((sourceAccount) => aService({ sourceAccount })),
);

interface World {
  readonly request: AccessRequest;
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
  readonly mode: ResourcePolicyMode;
}

const world: fc.Arbitrary<World> = fc.record({
  request: fc
    .tuple(
      principal,
      fc.constantFrom(...actions),
      fc.constantFrom(...resources, '*', 'arn:aws:s3:::bucket/Bob'),
      fc.constantFrom(ownAccount, otherAccount, undefined),
    )
    .map(([caller, action, resource, resourceAccount]) => ({
      principal: caller,
      action,
      resource,
      resourceAccount,
      context: conditionContext(principalContext(caller, {})),
    })),
  identity: fc.array(statement, { maxLength: 3 }),
  resource: fc.array(resourceStatement, { maxLength: 3 }),
  mode: fc.constantFrom<ResourcePolicyMode>('normal', 'key-policy', 'trust-policy'),
});

function sourcesOf({ identity, resource, mode }: World): PolicySources {
  return {
    identity: identity.length === 0 ? [] : [anIdentityPolicy(...identity)],
    resource: resource.length === 0 ? undefined : aResourcePolicy(...resource),
    resourcePolicyMode: mode,
  };
}

const decide = (given: World) => evaluate(given.request, sourcesOf(given));
const allows = (given: World): boolean => decide(given).allowed;
const asDeny = (given: Statement): Statement => ({ ...given, Effect: 'Deny' });
const asAllow = (given: Statement): Statement => ({ ...given, Effect: 'Allow' });
const without = (given: Statement, element: string): Statement =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name !== element));

/** Actions and condition keys in capitals, apart from the names of tags, which are values as well. */
function shoutedParts(given: Statement): Statement {
  const parts = Object.entries(given).map(([name, value]): [string, unknown] => {
    if (name === 'Action' || name === 'NotAction')
      return [name, [value].flat().map((action) => String(action).toUpperCase())];
    if (name !== 'Condition' || typeof value !== 'object' || value === null) return [name, value];
    return [
      name,
      Object.fromEntries(
        Object.entries(value).map(([operator, keys]: [string, object]) => [
          operator,
          Object.fromEntries(
            Object.entries(keys).map(([key, expected]) => [key.toUpperCase(), expected]),
          ),
        ]),
      ),
    ];
  });
  return Object.fromEntries(parts);
}

const runs = { numRuns: 800 };

describe('evaluate', () => {
  it('reaches both answers in these worlds, so that the laws below can fail', () => {
    const sample = fc.sample(world, { numRuns: 500, seed: 1 }).map(allows);
    expect(sample.filter((allowed) => allowed).length).toBeGreaterThan(50);
    expect(sample.filter((allowed) => !allowed).length).toBeGreaterThan(50);
  });

  it('allows nothing more when a deny statement is added', () => {
    fc.assert(
      fc.property(world, statement, resourceStatement, (given, identity, resource) => {
        const more = {
          ...given,
          identity: [...given.identity, asDeny(identity)],
          resource: [...given.resource, asDeny(resource)],
        };
        expect(allows(more) && !allows(given)).toBe(false);
      }),
      runs,
    );
  });

  it('refuses nothing more when an allow statement is added', () => {
    fc.assert(
      fc.property(world, statement, resourceStatement, (given, identity, resource) => {
        const more = {
          ...given,
          identity: [...given.identity, asAllow(identity)],
          resource: [...given.resource, asAllow(resource)],
        };
        expect(allows(given) && !allows(more)).toBe(false);
      }),
      runs,
    );
  });

  it('always refuses what a deny for everything and everyone covers', () => {
    fc.assert(
      fc.property(world, (given) => {
        const deny = { Effect: 'Deny', Principal: '*', Resource: '*' };
        expect(decide({ ...given, resource: [...given.resource, deny] })).toMatchObject({
          allowed: false,
          explicitDeny: true,
        });
      }),
      runs,
    );
  });

  it('does not depend on the order of statements', () => {
    fc.assert(
      fc.property(world, (given) => {
        const reversed = {
          ...given,
          identity: given.identity.toReversed(),
          resource: given.resource.toReversed(),
        };
        expect(allows(reversed)).toBe(allows(given));
      }),
      runs,
    );
  });

  it('grants nothing in another account without an allow in the resource policy', () => {
    fc.assert(
      fc.property(world, (given) => {
        const foreign = {
          ...given,
          request: { ...given.request, resourceAccount: otherAccount },
          resource: given.resource.map(asDeny),
        };
        expect(allows(foreign)).toBe(false);
      }),
      runs,
    );
  });

  it('grants no more with session policies than without', () => {
    fc.assert(
      fc.property(world, fc.array(statement, { minLength: 1, maxLength: 3 }), (given, limits) => {
        const ask = (sessionPolicies: ReturnType<typeof anIdentityPolicy>[]) =>
          allows({
            ...given,
            request: { ...given.request, principal: aRole({ sessionPolicies }) },
          });
        expect(ask([anIdentityPolicy(...limits)]) && !ask([])).toBe(false);
      }),
      runs,
    );
  });

  it('refuses nothing more when the condition of an allow is taken away', () => {
    fc.assert(
      fc.property(world, fc.nat(), (given, at) => {
        const open = (statements: readonly Statement[]): Statement[] =>
          statements.map((one, index) =>
            one['Effect'] === 'Allow' && index === at % statements.length
              ? without(one, 'Condition')
              : one,
          );
        const more = { ...given, identity: open(given.identity), resource: open(given.resource) };
        expect(allows(given) && !allows(more)).toBe(false);
      }),
      runs,
    );
  });

  it('allows nothing more when the condition of a deny is taken away', () => {
    fc.assert(
      fc.property(world, (given) => {
        const close = (statements: readonly Statement[]): Statement[] =>
          statements.map((one) => (one['Effect'] === 'Deny' ? without(one, 'Condition') : one));
        const more = { ...given, identity: close(given.identity), resource: close(given.resource) };
        expect(allows(more) && !allows(given)).toBe(false);
      }),
      runs,
    );
  });

  it('compares actions and condition keys without case', () => {
    fc.assert(
      fc.property(world, (given) => {
        const shouted = (one: Statement): Statement => ({ ...one, ...shoutedParts(one) });
        const loud = {
          ...given,
          identity: given.identity.map(shouted),
          resource: given.resource.map(shouted),
        };
        expect(decide(loud)).toEqual(decide(given));
      }),
      runs,
    );
  });

  it('compares resources with case', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { resource } = given.request;
        fc.pre(resource !== resource.toUpperCase());
        const only = { Effect: 'Allow', Action: '*', Resource: resource };
        const ask = (name: string): boolean =>
          allows({
            ...given,
            request: { ...given.request, principal: aUser(), resource: name },
            identity: [only],
            resource: [],
            mode: 'normal',
          });
        const upperCase = resource.replace(/[^:]+$/, (name) => name.toUpperCase());
        expect(ask(upperCase)).toBe(upperCase === resource && ask(resource));
      }),
      runs,
    );
  });
});
