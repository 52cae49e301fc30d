import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import {
  isConstrained,
  parameterFile,
  parameterRules,
} from '@golden/constructs/parameter-rules.ts';
import { parametersPage } from '@golden/constructs/parameters-page.ts';
import { synthTemplate } from '@golden/constructs/synth-template.ts';

import { parameterGroups, parameterPage } from './parameters.ts';
import { WorkloadAccountStack } from './workload-account-stack.ts';

const template = synthTemplate(
  (app) =>
    new WorkloadAccountStack(app, 'workload-account', { handlerCode: () => 'exports.handler=0' }),
);
const { parameters, byName, accepts } = parameterRules(template);
const file = parameterFile('workload-account');

describe('the parameters of the workload template', () => {
  it.each(byName)('describe what $name is for, constrain it and say how', ({ parameter }) => {
    expect(parameter.Description).toMatch(/^[A-Z].*\.$/s);
    expect(isConstrained(parameter)).toBe(true);
    expect(parameter.ConstraintDescription).toMatch(/\.$/);
  });

  it('have a default unless they say where the images come from', () => {
    const mustBeGiven = byName.filter(({ parameter }) => parameter.Default === undefined);
    expect(mustBeGiven.map(({ name }) => name)).toEqual([
      'HomeRegion',
      'InfraAccount',
      'AWSOrgID',
      'ReachAccountRoleArn',
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
    ['HomeRegion', 'us-gov-west-1', true],
    ['HomeRegion', '', false],
    ['InfraAccount', '11112222333', false],
    ['ReachAccountRoleArn', 'arn:aws:iam::111122223333:role/golden-Reach-1A2B', true],
    // A pattern as the trusted role would open the door to every role of the infra account.
    ['ReachAccountRoleArn', 'arn:aws:iam::111122223333:role/*', false],
    ['ReachAccountRoleArn', 'arn:aws:iam::111122223333:root', false],
    ['SampleLaunchTemplate', 'lt-0123456789abcdef0', true],
    ['SampleLaunchTemplate', '*', false],
    ['SampleAutoScalingGroup', 'ecs/web_1', true],
    ['SampleAutoScalingGroup', 'ecs*', false],
    ['ClusterName', 'web', true],
    ['ClusterName', 'arn:aws:ecs:eu-west-1:111122223333:cluster/web', false],
    ['LogsPolicy', 'group', true],
    ['EcsErrorThreshold', '0', false],
    ['ManageKmsGrants', 'yes', false],
  ])('of %s take %j: %j', (name, value, isAccepted) => {
    expect(accepts(name, value)).toBe(isAccepted);
  });
});

describe('parameters/workload-account.json', () => {
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

describe('docs/parameters-workload.md', () => {
  it('is what `pnpm synth --docs` makes of the template', () => {
    const page = new URL('../../../docs/parameters-workload.md', import.meta.url);
    expect(readFileSync(page, 'utf8')).toBe(parametersPage(template, parameterPage));
  });
});
