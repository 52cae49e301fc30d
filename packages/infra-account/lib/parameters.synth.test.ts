import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { InfraAccountStack } from './infra-account-stack.ts';
import { parametersPage } from './parameters-page.ts';
import { parameterGroups } from './parameters.ts';
import { synthTemplate } from './synth-template.ts';

interface Parameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly ConstraintDescription?: string;
}

const template = synthTemplate(
  (app) => new InfraAccountStack(app, 'infra-account', { handlerCode: () => 'exports.handler=0' }),
);
const parameters = template['Parameters'] as Record<string, Parameter>;
const byName = Object.entries(parameters).map(([name, parameter]) => ({ name, parameter }));

/** `Key=Value` texts: the one form of `--parameter-overrides file://` that both major versions of the AWS CLI take. */
const file = (
  JSON.parse(
    readFileSync(new URL('../../../parameters/infra-account.json', import.meta.url), 'utf8'),
  ) as string[]
).map((line) => {
  const [, ParameterKey = '', ParameterValue = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
  return { ParameterKey, ParameterValue };
});

/** CloudFormation checks that these exist, which is more than a pattern could say. */
const isCheckedByAws = ({ Type }: Parameter): boolean => Type.startsWith('AWS::');

const acceptsOne = (parameter: Parameter, value: string): boolean => {
  if (parameter.AllowedValues?.includes(value) === false) return false;
  if (parameter.Type !== 'Number') return new RegExp(parameter.AllowedPattern ?? '').test(value);
  const number = Number(value);
  return number >= (parameter.MinValue ?? number) && number <= (parameter.MaxValue ?? number);
};

/** Whether CloudFormation takes the value; of a list it checks each element. */
const accepts = (name: string, value: string): boolean => {
  const parameter = parameters[name];
  if (parameter === undefined) return false;
  return (parameter.Type === 'CommaDelimitedList' ? value.split(',') : [value]).every((one) =>
    acceptsOne(parameter, one),
  );
};

describe('the parameters of the infra template', () => {
  it.each(byName)('describe what $name is for', ({ parameter }) => {
    expect(parameter.Description).toMatch(/^[A-Z].*\.$/s);
    // CloudFormation's limit for the description of a parameter.
    expect(parameter.Description?.length).toBeLessThanOrEqual(4000);
  });

  it.each(byName)('constrain $name and say how', ({ parameter }) => {
    if (isCheckedByAws(parameter)) return;
    const isConstrained =
      parameter.AllowedPattern !== undefined ||
      parameter.AllowedValues !== undefined ||
      (parameter.MinValue !== undefined && parameter.MaxValue !== undefined);
    expect(isConstrained).toBe(true);
    expect(parameter.ConstraintDescription).toMatch(/\.$/);
  });

  it('have a default wherever one can work', () => {
    const mustBeGiven = byName.filter(({ parameter }) => parameter.Default === undefined);
    expect(mustBeGiven.map(({ name }) => name)).toEqual([
      'PublicSubnet',
      'DefaultSecurityGroup',
      'AWSOrgID',
    ]);
  });

  it('have defaults that keep their own constraints', () => {
    for (const { name, parameter } of byName)
      if (parameter.Default !== undefined)
        expect({ name, isAccepted: accepts(name, String(parameter.Default)) }).toEqual({
          name,
          isAccepted: true,
        });
  });

  it('are shown by the console, each in one group', () => {
    const shown = parameterGroups.flatMap((group) => group.parameters);
    expect([...shown].sort()).toEqual(Object.keys(parameters).sort());
  });

  it.each([
    ['EnvironmentName', 'ecs-base', true],
    ['EnvironmentName', 'Golden', false],
    ['EnvironmentName', 'ab', false],
    ['EnvironmentName', 'ends-with-', false],
    ['EnvironmentName', 'a-name-of-20-letters', true],
    ['EnvironmentName', 'a-name-of-21-letters-', false],
    ['BucketName', '', true],
    ['BucketName', 'has.dots', false],
    ['ExistingBucketName', 'stack-payloadbucket-1a2b3c', true],
    ['ParentImageParameter', '/my/own/parameter', false],
    ['AmazonLinux2023EcsOptimizedAmiId', 'ami-0123456789abcdef0', true],
    ['AmazonLinux2023EcsOptimizedAmiId', 'ami-012345678', false],
    ['ParentWatchSchedule', 'rate(12 hours)', true],
    ['ParentWatchSchedule', 'daily', false],
    ['AWSOrgID', 'o-a1b2c3d4e5', true],
    ['AWSOrgID', 'a1b2c3d4e5', false],
    ['ManagementAccountId', '11112222333', false],
    [
      'OrganizationalUnitArns',
      'arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-11111111',
      true,
    ],
    [
      'OrganizationalUnitArns',
      'arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-11111111,arn:aws-us-gov:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-22222222',
      true,
    ],
    ['OrganizationalUnitArns', 'ou-ab12-11111111', false],
    ['Region2', 'us-gov-west-1', true],
    ['Region2', 'eu-west-1a', false],
    ['AmiKmsKeyId', 'mrk-0123456789abcdef0123456789abcdef', true],
    ['AmiKmsKeyId', '12345678-1234-1234-1234-123456789012', false],
    ['NotificationEmail', 'platform@example.com', true],
    ['NotificationEmail', 'platform', false],
    ['LogRetentionDays', '365', true],
    ['LogRetentionDays', '31', false],
    ['ImageTestTimeoutMinutes', '30', false],
    ['BuildInstanceType', 'm7g.large', true],
  ])('of %s take %j: %j', (name, value, isAccepted) => {
    expect(accepts(name, value)).toBe(isAccepted);
  });
});

describe('parameters/infra-account.json', () => {
  it('gives each parameter once, in the form of the AWS CLI, and all that have no default', () => {
    const names = file.map(({ ParameterKey }) => ParameterKey);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain('');
    for (const { name, parameter } of byName)
      if (parameter.Default === undefined) expect(names).toContain(name);
  });

  it.each(file)('has a value for $ParameterKey that the template takes', (entry) => {
    expect(accepts(entry.ParameterKey, entry.ParameterValue)).toBe(true);
  });
});

describe('docs/parameters.md', () => {
  it('is what `pnpm synth --docs` makes of the template', () => {
    const page = readFileSync(new URL('../../../docs/parameters.md', import.meta.url), 'utf8');
    expect(page).toBe(parametersPage(template));
  });
});
