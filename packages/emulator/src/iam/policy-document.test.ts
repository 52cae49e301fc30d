import { describe, expect, it } from '@jest/globals';
import { coversRequest } from './compiled-policy.ts';
import type { Effect } from './condition.ts';
import type { ContextValue } from './condition-context.ts';
import { conditionContext } from './condition-context.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { CompileOptions } from './policy-document.ts';
import { compilePolicy } from './policy-document.ts';

const identity: CompileOptions = { name: 'p', kind: 'identity' };
const trust: CompileOptions = { name: 'p', kind: 'trust' };
const resource: CompileOptions = { name: 'p', kind: 'resource', resourceElement: 'required' };
const attached: CompileOptions = { name: 'p', kind: 'resource', resourceElement: 'optional' };

const queue = 'arn:aws:sqs:eu-west-1:111111111111:jobs';
const sid = 'A';
const withoutResource = { Effect: 'Allow', Action: 'sqs:SendMessage' };
const statement = { ...withoutResource, Resource: queue };
const forEveryone = { ...statement, Principal: '*' };
const trusting = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } };

const policyOf = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });

interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly values?: Readonly<Record<string, ContextValue>>;
}

/** Whether an identity-based policy of the one statement covers a request. */
const covers = (given: Readonly<Record<string, unknown>>, asked: Asked, version = '2012-10-17') => {
  const { Action, Resource, NotAction, NotResource } = given;
  const full = {
    Effect: 'Allow',
    ...(Action === undefined && NotAction === undefined ? { Action: '*' } : {}),
    ...(Resource === undefined && NotResource === undefined ? { Resource: '*' } : {}),
    ...given,
  };
  const policy = compilePolicy({ Version: version, Statement: full }, identity);
  return coversRequest(policy.statements[0]!, {
    lowerCaseAction: (asked.action ?? 'sqs:SendMessage').toLowerCase(),
    resource: asked.resource ?? queue,
    context: conditionContext(asked.values ?? {}),
  });
};

describe('compilePolicy', () => {
  it('reads JSON text and single statements like lists', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Sid: sid } });
    const policy = compilePolicy(text, identity);
    expect(policy).toMatchObject({
      name: 'p',
      kind: 'identity',
      version: '2012-10-17',
      id: undefined,
    });
    expect(policy.statements).toMatchObject([
      { index: 0, sid, effect: 'Allow', principal: undefined },
    ]);
  });

  it('takes a policy without version for 2008-10-17', () => {
    expect(compilePolicy({ Statement: [statement] }, identity).version).toBe('2008-10-17');
  });

  it.each([
    ['identity', identity, policyOf(statement, { ...statement, Effect: 'Deny' })],
    ['resource', resource, { ...policyOf(forEveryone), Id: 'an id' }],
    [
      'resource with a free Sid',
      resource,
      policyOf(
        { ...forEveryone, Sid: 'any text, twice' },
        { ...forEveryone, Sid: 'any text, twice' },
      ),
    ],
    ['resource without Resource', attached, policyOf({ ...withoutResource, Principal: '*' })],
    [
      'resource with NotPrincipal',
      resource,
      policyOf({ ...statement, Effect: 'Deny', NotPrincipal: { AWS: '111111111111' } }),
    ],
    ['trust', trust, policyOf({ ...trusting, Sid: '' }, { ...trusting, Sid: '' })],
    [
      'any action',
      identity,
      policyOf({ ...statement, Action: ['*', '*:*', 'kafka-cluster:*', 's3:Get?bject*'] }),
    ],
  ])('accepts a policy of kind %s', (_kind, options, document) => {
    expect(compilePolicy(document, options).statements.length).toBeGreaterThan(0);
  });

  it.each([
    ['[]', identity, 'policy must be an object, not []'],
    ['{"Statement":[],"Statement":[]}', identity, 'policy has the key Statement twice'],
    [undefined, identity, 'policy must be an object, not nothing'],
    [{ ...policyOf(statement), Foo: 1 }, identity, 'policy has the unknown element Foo'],
    [
      { ...policyOf(statement), Version: '2012-10-18' },
      identity,
      'policy version "2012-10-18" is neither 2012-10-17 nor 2008-10-17',
    ],
    [
      { ...policyOf(statement), Id: 'x' },
      identity,
      'an identity-based policy has no id, found "x"',
    ],
    [{ ...policyOf(forEveryone), Id: 7 }, resource, 'id must be a non-empty string, not 7'],
    [policyOf(), identity, 'policy must contain at least one statement'],
    [{ Version: '2012-10-17' }, identity, 'policy must contain at least one statement'],
    [policyOf('x'), identity, 'statement must be an object, not "x"'],
    [
      policyOf({ ...statement, effect: 'Deny' }),
      identity,
      'statement has the unknown element effect',
    ],
    [
      policyOf({ ...statement, Effect: 'allow' }),
      identity,
      'effect "allow" is neither Allow nor Deny',
    ],
    [
      policyOf({ Action: '*', Resource: '*' }),
      identity,
      'effect nothing is neither Allow nor Deny',
    ],
    [
      policyOf({ ...statement, Sid: 'not alphanumeric' }),
      identity,
      'statement id "not alphanumeric" must be alphanumeric',
    ],
    [policyOf({ ...statement, Sid: 7 }), identity, 'statement id 7 must be alphanumeric'],
    [
      policyOf({ ...statement, Sid: sid }, { ...statement, Sid: sid }),
      identity,
      'statement id A is not unique in the policy',
    ],
    [
      policyOf({ ...statement, Principal: '*' }),
      identity,
      'statement has the prohibited field Principal',
    ],
    [
      policyOf({ ...statement, NotPrincipal: '*' }),
      identity,
      'statement has the prohibited field Principal',
    ],
    [
      policyOf({ Effect: 'Allow', Resource: '*' }),
      identity,
      'statement is missing the required field Action',
    ],
    [
      policyOf({ ...statement, NotAction: 's3:*' }),
      identity,
      'statement has both Action and NotAction',
    ],
    [policyOf(withoutResource), identity, 'statement is missing the required field Resource'],
    [
      policyOf({ ...withoutResource, Principal: '*' }),
      resource,
      'statement is missing the required field Resource',
    ],
    [policyOf(statement), resource, 'statement is missing the required field Principal'],
    [
      policyOf({ ...statement, NotPrincipal: '*' }),
      resource,
      'allow with notprincipal is not allowed',
    ],
    [policyOf({ ...statement, Action: [] }), identity, 'policy must contain at least one action'],
    [policyOf({ ...statement, Action: [7] }), identity, 'action must be a non-empty string, not 7'],
    [
      policyOf({ ...statement, Action: 'SendMessage' }),
      identity,
      'action SendMessage must be a vendor, one colon and an action name',
    ],
    [
      policyOf({ ...statement, Action: 's*:Get' }),
      identity,
      'action s*:Get must be a vendor, one colon and an action name',
    ],
    [
      policyOf({ ...statement, Action: 'a:b:c' }),
      identity,
      'action a:b:c must be a vendor, one colon and an action name',
    ],
    [
      policyOf({ ...statement, Resource: [] }),
      identity,
      'policy must contain at least one resource',
    ],
    [
      policyOf({ ...statement, Resource: '' }),
      identity,
      'resource must be a non-empty string, not ""',
    ],
    [
      policyOf({ ...statement, Resource: 'jobs' }),
      identity,
      'resource jobs must be in arn format or "*"',
    ],
    [
      policyOf({ ...statement, Condition: null }),
      identity,
      'condition must be an object, not null',
    ],
    [policyOf({ ...statement, Condition: { Foo: {} } }), identity, undefined],
    [
      policyOf({ ...trusting, Resource: '*' }),
      trust,
      'statement has the prohibited field Resource',
    ],
    [
      policyOf({ Effect: 'Allow', Action: 'sts:AssumeRole' }),
      trust,
      'statement is missing the required field Principal',
    ],
    [
      policyOf({ ...trusting, Action: '*' }),
      trust,
      'a role trust policy may only specify sts actions, not *',
    ],
    [
      policyOf({ Effect: 'Allow', Principal: '*', NotAction: 'sts:TagSession' }),
      trust,
      'a role trust policy may only specify sts actions, not NotAction',
    ],
    [
      policyOf({ ...trusting, Action: ['sts:AssumeRole', 's3:GetObject'] }),
      trust,
      'a role trust policy may only specify sts actions, not s3:GetObject',
    ],
  ])('judges %j', (document, options, message) => {
    const compile = () => compilePolicy(document, options);
    if (message === undefined) expect(compile).not.toThrow();
    else expect(compile).toThrow(new MalformedPolicy(message));
  });
});

describe('a text that is not JSON', () => {
  it('is refused', () => {
    const compile = () => compilePolicy('{', identity);
    expect(compile).toThrow(MalformedPolicy);
    expect(compile).toThrow('policy is not json');
  });
});

describe('a compiled statement', () => {
  it.each([
    [{ Action: 'sqs:sendmessage' }, {}, true],
    [{ Action: 'SQS:*' }, {}, true],
    [{ Action: ['sns:*', 'sqs:Send*'] }, {}, true],
    [{ Action: 'sqs:Send' }, {}, false],
    [{ Action: '*' }, {}, true],
    [{ NotAction: 'sqs:Send*' }, {}, false],
    [{ NotAction: ['sns:*', 'sqs:Receive*'] }, {}, true],
    [{ NotAction: ['sns:*', 'sqs:*'] }, {}, false],
    [{ Resource: [queue, `${queue}2`] }, {}, true],
    [{ Resource: `${queue}2` }, {}, false],
    [{ Resource: queue.replace('jobs', 'JOBS') }, {}, false],
    [{ NotResource: queue }, {}, false],
    [{ NotResource: `${queue}2` }, {}, true],
    [{ NotResource: [`${queue}2`, `${queue}*`] }, {}, false],
    [
      { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      { values: { 'aws:SecureTransport': true } },
      true,
    ],
    [
      { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      { values: { 'aws:SecureTransport': false } },
      false,
    ],
    [{ Resource: '*' }, { resource: '*', action: 'sqs:ListQueues' }, true],
    [{ Resource: 'arn:aws:sqs:*:*:*' }, { resource: '*', action: 'sqs:ListQueues' }, false],
  ])('%j covers %j: %s', (given, asked, expected) => {
    expect(covers(given, asked)).toBe(expected);
  });

  const home = 'arn:aws:s3:::b/home/${aws:username}/*';
  const own = { resource: 'arn:aws:s3:::b/home/Bob/x', values: { 'aws:username': 'Bob' } };

  it.each<[Effect, unknown, Asked, boolean]>([
    ['Allow', home, own, true],
    ['Allow', home, { ...own, values: { 'aws:username': 'Eve' } }, false],
    ['Allow', home, { ...own, values: { 'aws:username': '*' } }, false],
    ['Allow', ['*', home], { ...own, values: {} }, false],
    ['Deny', ['*', home], { ...own, values: {} }, true],
    ['Deny', home, { ...own, values: {} }, false],
  ])('%s with the resource %j covers %j: %s', (effect, resources, asked, expected) => {
    expect(covers({ Effect: effect, Resource: resources }, asked)).toBe(expected);
  });

  it.each<[Effect, Asked, boolean]>([
    ['Allow', own, false],
    ['Allow', { ...own, values: { 'aws:username': 'Eve' } }, true],
    ['Allow', { ...own, values: {} }, false],
    ['Deny', { ...own, values: {} }, false],
  ])('%s with a variable in NotResource covers %j: %s', (effect, asked, expected) => {
    expect(covers({ Effect: effect, NotResource: home }, asked)).toBe(expected);
  });

  it('does not know variables in version 2008-10-17', () => {
    expect(covers({ Resource: home }, own, '2008-10-17')).toBe(false);
    expect(
      covers(
        { Resource: home },
        { resource: 'arn:aws:s3:::b/home/${aws:username}/x' },
        '2008-10-17',
      ),
    ).toBe(true);
  });
});
