import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { conditionContext, type ContextValue } from '@golden/emulator/iam/condition-context.ts';
import { evaluate } from '@golden/emulator/iam/evaluate.ts';
import { compilePolicy } from '@golden/emulator/iam/policy-document.ts';
import { synthesizedInfraTemplate } from '../tools/security/files.ts';
import { readable } from '../tools/security/readable.ts';
import { conditionOf, whenTrue } from '../tools/templates/policies.ts';
import { infraLayer, workloadLayer } from '../tools/templates/template-layer.ts';

/** One key under one operator, as some policy of the product has it. */
interface UsedCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * Every condition key of the product and how many values a request has for it. A key with several needs a set operator; under
 * one, a key with a single value would be let through when it is missing. Source: Service Authorization Reference.
 */
const valuesOf: Readonly<Record<string, 'one' | 'several'>> = {
  'autoscaling:ResourceTag/golden:line': 'one',
  'aws:PrincipalArn': 'one',
  'aws:PrincipalOrgID': 'one',
  'aws:ResourceOrgID': 'one',
  'aws:SecureTransport': 'one',
  'aws:SourceAccount': 'one',
  'aws:SourceArn': 'one',
  'aws:TagKeys': 'several',
  'ec2:CreateAction': 'one',
  'ec2:LaunchTemplate': 'one',
  'events:detail-type': 'one',
  'events:source': 'several',
  'iam:AWSServiceName': 'one',
  'iam:PassedToService': 'one',
  'kms:CallerAccount': 'one',
  'kms:GrantOperations': 'several',
  'kms:GranteePrincipal': 'one',
};

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** Both sides of a choice of the template. */
const sidesOf = (value: unknown): readonly unknown[] => {
  const choice = fieldsOf(value)['Fn::If'];
  return conditionOf(value) !== undefined && Array.isArray(choice)
    ? choice.slice(1).filter((side) => !('Ref' in fieldsOf(side)))
    : [value];
};

/** The conditions of every statement at any depth, in documents that are texts as well. */
function conditionsIn(value: unknown): UsedCondition[] {
  if (typeof value === 'string')
    return value.startsWith('{"Version"') ? conditionsIn(JSON.parse(value)) : [];
  if (typeof value !== 'object' || value === null) return [];
  const own = 'Effect' in value && 'Condition' in value ? blockOf(value.Condition) : [];
  return [...own, ...Object.values(value).flatMap(conditionsIn)];
}

const blockOf = (block: unknown): UsedCondition[] =>
  sidesOf(block).flatMap((side) =>
    Object.entries(fieldsOf(side)).flatMap(([operator, keys]) =>
      sidesOf(keys).flatMap((known) =>
        Object.entries(fieldsOf(known)).map(([key, values]) => ({
          operator,
          key,
          values: [whenTrue(values)].flat().map((one) => deployed(readable(one))),
        })),
      ),
    ),
  );

/** What a deployment makes of the placeholders; a whole ARN that is a reference becomes one. */
const deployed = (text: string): string =>
  text
    .replaceAll('<AWS::AccountId>', '111111111111')
    .replaceAll('<AWS::Region>', 'eu-west-1')
    .replace(/^<(\w+)>$/, (_, name: string) =>
      /Id$|ID$|Name$/.test(name) ? name : `arn:aws:service:eu-west-1:111111111111:${name}`,
    )
    .replaceAll(/[<>()]/g, '');

const infraText = synthesizedInfraTemplate();
const example = readFileSync(
  new URL('../../../examples/ecs-workload.template.json', import.meta.url),
  'utf8',
);
const templates: readonly unknown[] = [
  infraLayer.read(infraText),
  workloadLayer.read(infraText),
  JSON.parse(example),
];
const used = [
  ...new Map(
    templates.flatMap(conditionsIn).map((one) => [JSON.stringify(one), one] as const),
  ).values(),
];

/** Asks the evaluator with this condition alone. */
function allows({ operator, key, values }: UsedCondition, actual: ContextValue | undefined) {
  const policy = compilePolicy(
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { [operator]: { [key]: values } },
      },
    },
    { name: 'policy', kind: 'identity' },
  );
  const user = {
    kind: 'user',
    account: '111111111111',
    arn: 'arn:aws:iam::111111111111:user/u',
    userName: 'u',
    userId: 'AIDAU',
    tags: {},
  } as const;
  const context = conditionContext({ [key]: actual });
  return evaluate(
    { principal: user, action: 'sqs:SendMessage', resource: '*', context },
    { identity: [policy] },
  ).allowed;
}

describe('the conditions of the templates and the example', () => {
  it('are found', () => {
    expect(used.length).toBeGreaterThan(15);
  });

  it('use the keys that are known here, each with an operator for its number of values', () => {
    expect([...new Set(used.map(({ key }) => key))].toSorted()).toEqual(
      Object.keys(valuesOf).toSorted(),
    );
    for (const { operator, key } of used)
      if (operator !== 'Null')
        expect([key, operator.includes(':')]).toEqual([key, valuesOf[key] === 'several']);
  });

  it('demand that a key with several values is there, where none would do', () => {
    // ForAllValues holds without the key: on its own it belongs beside a condition that does not, or to a request that has it.
    const withoutKey = used.filter((one) => allows(one, undefined)).map(({ key }) => key);
    expect([...new Set(withoutKey)].toSorted()).toEqual([
      'aws:TagKeys',
      'events:source',
      'kms:GrantOperations',
    ]);
    expect(used).toContainEqual({ operator: 'Null', key: 'events:source', values: ['false'] });
  });
});

describe.each(used.filter(({ operator }) => operator !== 'Null'))(
  '$operator of $key',
  (condition) => {
    const { operator, key, values } = condition;
    const isSet = operator.includes(':');
    const right = values.map((value) => value.replaceAll('*', 'anything'));
    const wrong = values.map((value) =>
      value === 'false' ? 'true' : `${value.replaceAll('*', 'x')}-other`,
    );
    // What follows a star would match whatever is put behind it, so the front is changed as well.
    const elsewhere = wrong.map((value) => value.replace('111111111111', '999999999999'));

    it('lets in what the policy names', () => {
      for (const value of right) expect(allows(condition, isSet ? [value] : value)).toBe(true);
      if (isSet) expect(allows(condition, right)).toBe(true);
    });

    it('keeps out everything else', () => {
      for (const value of elsewhere) expect(allows(condition, isSet ? [value] : value)).toBe(false);
      if (isSet) expect(allows(condition, [...right, ...elsewhere])).toBe(false);
    });

    it('keeps out a request without the key, unless it is about all of its values', () => {
      expect([key, allows(condition, undefined)]).toEqual([
        key,
        operator.startsWith('ForAllValues:'),
      ]);
    });
  },
);
