import { describe, expect, it } from '@jest/globals';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeStateMachineCommandOutput,
} from '@aws-sdk/client-sfn';
import { accountFixture } from '../../../test/account-fixture.ts';
import { stackFixture, type StackFixture } from '../../../test/stack-fixture.ts';
import { iam } from '../iam/operations.ts';
import { sts } from '../sts/operations.ts';
import { stepfunctions } from './operations.ts';
import { stateMachineResource } from './resources.ts';

const trust = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'states.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
};

const Role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } };

const definition = (output: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Only',
  States: { Only: { Type: 'Pass', Output: output, End: true } },
});

const template = (properties: object) => ({
  Resources: {
    Role,
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, ...properties },
    },
  },
  Outputs: {
    Ref: { Value: { Ref: 'Machine' } },
    Arn: { Value: { 'Fn::GetAtt': ['Machine', 'Arn'] } },
    Name: { Value: { 'Fn::GetAtt': ['Machine', 'Name'] } },
    Revision: { Value: { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] } },
  },
});

const fixtureOf = (): StackFixture & { readonly sfn: SFNClient } => {
  const fixture = stackFixture([iam, sts, stepfunctions]);
  return { ...fixture, sfn: fixture.client(SFNClient) };
};

const outputsOf = ({ Outputs = [] }: Stack) =>
  Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );

const machineOf = (
  { sfn }: { readonly sfn: SFNClient },
  stateMachineArn: string | undefined,
): Promise<DescribeStateMachineCommandOutput> =>
  sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));

describe('AWS::StepFunctions::StateMachine', () => {
  it('is made with its substitutions filled in and the tags of the stack', async () => {
    const fixture = fixtureOf();
    const stack = await fixture.deploy(
      'demo',
      template({
        DefinitionString: JSON.stringify(definition('${word} ${other}')),
        DefinitionSubstitutions: { word: 'hello' },
        Tags: [{ Key: 'team', Value: 'a' }],
      }),
      { Capabilities: ['CAPABILITY_IAM'] },
    );
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const outputs = outputsOf(stack);
    expect(outputs['Ref']).toBe(outputs['Arn']);
    expect(outputs['Name']).toMatch(/^Machine-[A-Z0-9]{12}$/);
    expect(outputs['Revision']).toBe('INITIAL');
    const machine = await machineOf(fixture, outputs['Arn']);
    expect(machine.definition).toContain('hello ${other}');
    const { tags } = await fixture.sfn.send(
      new ListTagsForResourceCommand({ resourceArn: outputs['Arn'] }),
    );
    expect(tags).toContainEqual({ key: 'team', value: 'a' });
    expect(tags).toContainEqual({ key: 'aws:cloudformation:logical-id', value: 'Machine' });
  });

  it('waits for a role that does not count yet', async () => {
    const fixture = accountFixture([iam, sts, stepfunctions]);
    const { Role: role } = await fixture.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'new',
        AssumeRolePolicyDocument: JSON.stringify(trust),
      }),
    );
    const create = () =>
      stateMachineResource.create(
        { RoleArn: role?.Arn, Definition: definition('a') },
        fixture.deployment('Machine'),
      );
    await expect(create()).rejects.toMatchObject({ name: 'NotReadyYet' });
    await fixture.spread();
    expect((await create()).attributes['StateMachineRevisionId']).toBe('INITIAL');
  });

  it('changes its definition in place and its name by replacement', async () => {
    const fixture = fixtureOf();
    const capable = { Capabilities: ['CAPABILITY_IAM' as const] };
    const first = await fixture.deploy(
      'demo',
      template({ Definition: definition('${word}'), DefinitionSubstitutions: { word: '"one"' } }),
      capable,
    );
    const { Arn } = outputsOf(first);
    expect((await machineOf(fixture, Arn)).definition).toContain('\\"one\\"');
    const second = await fixture.update(
      'demo',
      template({ Definition: definition('two') }),
      capable,
    );
    expect(second.StackStatus).toBe('UPDATE_COMPLETE');
    expect(outputsOf(second)['Arn']).toBe(Arn);
    expect(outputsOf(second)['Revision']).not.toBe('INITIAL');
    expect((await machineOf(fixture, Arn)).definition).toContain('two');
    const third = await fixture.update(
      'demo',
      template({ Definition: definition('two'), StateMachineName: 'mine' }),
      capable,
    );
    expect(outputsOf(third)['Name']).toBe('mine');
    await fixture.world.scheduler.runFor(60_000);
    const { stateMachines } = await fixture.sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['mine']);
    await fixture.sfn.send(new StartExecutionCommand({ stateMachineArn: outputsOf(third)['Arn'] }));
  });

  it.each([
    ['two definitions', { Definition: definition('a'), DefinitionString: '{}' }],
    ['no definition', {}],
    ['a definition in a bucket', { DefinitionS3Location: { Bucket: 'b', Key: 'k' } }],
    ['tracing', { Definition: definition('a'), TracingConfiguration: { Enabled: true } }],
    ['the type EXPRESS', { Definition: definition('a'), StateMachineType: 'EXPRESS' }],
  ])('is refused with %s', async (_, properties) => {
    const fixture = fixtureOf();
    const outcome = await fixture
      .deploy('demo', template(properties), { Capabilities: ['CAPABILITY_IAM'] })
      .then(
        ({ StackStatus }) => StackStatus,
        () => 'refused',
      );
    expect(outcome).toMatch(/^(ROLLBACK_COMPLETE|refused)$/);
  });

  it('does not take over a machine that is there already', async () => {
    const fixture = fixtureOf();
    const named = template({ Definition: definition('a'), StateMachineName: 'mine' });
    await fixture.deploy('one', named, { Capabilities: ['CAPABILITY_IAM'] });
    const second = await fixture.deploy('two', named, { Capabilities: ['CAPABILITY_IAM'] });
    expect(second.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(
      (await machineOf(fixture, 'arn:aws:states:eu-west-1:111111111111:stateMachine:mine')).status,
    ).toBe('ACTIVE');
  });
});
