import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import {
  isCheckedByAws,
  isConstrained,
  parameterFile,
  parameterRules,
} from '@golden/constructs/parameter-rules.ts';
import { parametersPage } from '@golden/constructs/parameters-page.ts';
import { synthTemplate } from '@golden/constructs/synth-template.ts';

import { InfraAccountStack } from './infra-account-stack.ts';
import { parameterGroups, parameterPage } from './parameters.ts';

const template = synthTemplate(
  (app) =>
    new InfraAccountStack(app, 'infra-account', {
      handlerCode: () => 'exports.handler=0',
      workloadTemplate: '{}',
    }),
);
const { parameters, byName, accepts } = parameterRules(template);
const file = parameterFile('infra-account');

describe('the parameters of the infra template', () => {
  it.each(byName)('describe what $name is for', ({ parameter }) => {
    expect(parameter.Description).toMatch(/^[A-Z].*\.$/s);
    // CloudFormation's limit for the description of a parameter.
    expect(parameter.Description?.length).toBeLessThanOrEqual(4000);
  });

  it.each(byName)('constrain $name and say how', ({ parameter }) => {
    if (isCheckedByAws(parameter)) return;
    expect(isConstrained(parameter)).toBe(true);
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
    ['WorkloadOrganizationalUnitIds', 'r-ab12', true],
    ['WorkloadOrganizationalUnitIds', 'ou-ab12-11111111,ou-ab12-22222222', true],
    [
      'WorkloadOrganizationalUnitIds',
      'arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-11111111',
      false,
    ],
    ['BakeSeconds', '172801', false],
    ['LogsPolicy', 'both', false],
    ['InstanceRolePattern', 'ecs/*', true],
    ['InstanceRolePattern', '', false],
    ['Rollout', 'PAUSED', false],
    ['Waves', '1,10%,50%,100%', true],
    ['Waves', '100%', true],
    ['Waves', '5, 50%, 100%', true],
    // What follows a pattern but makes no sense together is refused by the plan, with a sentence.
    ['Waves', '0', true],
    ['Waves', '50%,10%', true],
    ['Waves', 'abc', false],
    ['Waves', '', false],
    ['Waves', '1,,100%', false],
    ['FailureBudget', '-1', false],
    ['CanaryAccounts', '', true],
    ['CanaryAccounts', '111122223333,444455556666', true],
    ['CanaryAccounts', '11112222333', false],
    ['RolloutConcurrency', '0', false],
    ['RolloutConcurrency', '1001', false],
    ['WaveBakeMinutes', '0', true],
    ['WaveBakeMinutes', '10081', false],
    ['RefreshTimeoutMinutes', '29', false],
    ['RollbackTimeoutMinutes', '1441', false],
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
    expect(page).toBe(parametersPage(template, parameterPage));
  });
});
