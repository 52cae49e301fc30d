import { describe, expect, it } from '@jest/globals';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { definitionOf, stateMachineFixture } from '../../../test/state-machine-fixture.ts';

const pass = { Type: 'Pass', End: true };
const wait = { Type: 'Wait', Seconds: 100, Next: 'After' };
const definition = definitionOf({ Only: pass });

describe('a state machine', () => {
  it('is created once: the same again is no error, another definition is', async () => {
    const { sfn, statesRole } = stateMachineFixture();
    const roleArn = await statesRole();
    const input = { name: 'm', definition, roleArn };
    const first = await sfn.send(new CreateStateMachineCommand(input));
    const second = await sfn.send(new CreateStateMachineCommand(input));
    expect(second.stateMachineArn).toBe(first.stateMachineArn);
    expect(second.creationDate).toEqual(first.creationDate);
    await expect(
      sfn.send(
        new CreateStateMachineCommand({ ...input, definition: definitionOf({ Other: pass }) }),
      ),
    ).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
    const loggingConfiguration = { level: 'OFF' as const, includeExecutionData: true };
    await expect(
      sfn.send(new CreateStateMachineCommand({ ...input, loggingConfiguration })),
    ).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
    const described = await sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: first.stateMachineArn }),
    );
    expect(described).toMatchObject({
      name: 'm',
      status: 'ACTIVE',
      type: 'STANDARD',
      definition,
      roleArn,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    });
    expect(described.revisionId).toBeUndefined();
  });

  it.each([
    ['', 'ValidationException'],
    ['a'.repeat(81), 'ValidationException'],
    ['with space', 'InvalidName'],
    ['slash/ed', 'InvalidName'],
    ['star*', 'InvalidName'],
  ])('cannot have the name %j, %s', async (given, name) => {
    const { machine } = stateMachineFixture();
    await expect(machine({ Only: pass }, { name: given })).rejects.toMatchObject({ name });
  });

  it.each([
    ['type', { type: 'EXPRESS' as const }, 'ValidationException'],
    ['tracing', { tracingConfiguration: { enabled: true } }, 'InvalidTracingConfiguration'],
    [
      'a key',
      { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' as const, kmsKeyId: 'k' } },
      'InvalidEncryptionConfiguration',
    ],
    ['a version', { publish: true }, 'ValidationException'],
    ['no role', { roleArn: 'arn:aws:iam::111111111111:user/nobody' }, 'InvalidArn'],
  ])('is refused with %s', async (_, given, name) => {
    const fixture = stateMachineFixture();
    const roleArn = await fixture.statesRole();
    await expect(fixture.machine({ Only: pass }, { roleArn, ...given })).rejects.toMatchObject({
      name,
    });
  });

  it('is refused with a heartbeat or express children, which nothing here carries out', async () => {
    const { machine } = stateMachineFixture();
    const task = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f' },
      End: true,
    };
    await expect(machine({ Only: { ...task, HeartbeatSeconds: 5 } })).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining('HeartbeatSeconds'),
    });
    const map = {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'A',
        States: { A: pass },
      },
      End: true,
    };
    await expect(machine({ Only: map })).rejects.toMatchObject({ name: 'InvalidDefinition' });
    await expect(
      machine({ Only: { ...task, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } }),
    ).rejects.toMatchObject({ name: 'InvalidDefinition' });
  });

  it('needs a role that Step Functions can use, and a caller who may pass it', async () => {
    const fixture = stateMachineFixture();
    const other = await fixture.role('for-lambda');
    await expect(fixture.machine({ Only: pass }, { roleArn: other })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('Neither the global service principal states.amazonaws.com'),
    });
    const roleArn = await fixture.statesRole();
    const states = { Effect: 'Allow', Action: 'states:*', Resource: '*' };
    const sfn = await fixture.userClient([states]);
    await expect(
      sfn.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });

  it('takes a role that trusts Step Functions of its Region for this machine only', async () => {
    const fixture = stateMachineFixture();
    const roleArn = await fixture.role('regional', undefined, {
      Effect: 'Allow',
      Principal: { Service: 'states.eu-west-1.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnLike: { 'aws:SourceArn': 'arn:aws:states:eu-west-1:111111111111:stateMachine:mine' },
        StringEquals: { 'aws:SourceAccount': '111111111111' },
      },
    });
    await fixture.machine({ Only: pass }, { roleArn, name: 'mine' });
    await expect(fixture.machine({ Only: pass }, { roleArn, name: 'other' })).rejects.toMatchObject(
      {
        name: 'AccessDeniedException',
      },
    );
  });

  it('lets callers in by its name and its tags', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine(
      { Only: pass },
      { name: 'tagged', tags: [{ key: 'team', value: 'a' }] },
    );
    const other = await fixture.machine({ Only: pass }, { name: 'other' });
    const sfn = await fixture.userClient([
      {
        Effect: 'Allow',
        Action: 'states:DescribeStateMachine',
        Resource: 'arn:aws:states:eu-west-1:111111111111:stateMachine:*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } },
      },
    ]);
    await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));
    await expect(
      sfn.send(new DescribeStateMachineCommand({ stateMachineArn: other })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('has up to fifty tags', async () => {
    const { sfn, machine } = stateMachineFixture();
    const resourceArn = await machine({ Only: pass }, { tags: [{ key: 'a', value: '1' }] });
    await sfn.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }));
    await sfn.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect(await sfn.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({
      tags: [{ key: 'b', value: '2' }],
    });
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }));
    await expect(sfn.send(new TagResourceCommand({ resourceArn, tags }))).rejects.toMatchObject({
      name: 'TooManyTags',
    });
    await expect(
      sfn.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('is listed by name, page by page', async () => {
    const { sfn, machine } = stateMachineFixture();
    for (const name of ['c', 'a', 'b']) await machine({ Only: pass }, { name });
    const first = await sfn.send(new ListStateMachinesCommand({}));
    expect(first.stateMachines?.map(({ name }) => name)).toEqual(['a', 'b']);
    const rest = await sfn.send(new ListStateMachinesCommand({ nextToken: first.nextToken }));
    expect(rest.stateMachines?.map(({ name }) => name)).toEqual(['c']);
    await expect(
      sfn.send(new ListStateMachinesCommand({ nextToken: 'nonsense' })),
    ).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  it('changes without touching the executions that run', async () => {
    const fixture = stateMachineFixture();
    const { sfn } = fixture;
    const stateMachineArn = await fixture.machine({
      First: wait,
      After: { ...pass, Output: 'old' },
    });
    const running = await fixture.start(stateMachineArn);
    await fixture.world.scheduler.runFor(1_000);
    const changed = definitionOf({ First: { ...pass, Output: 'new' } });
    const { revisionId } = await sfn.send(
      new UpdateStateMachineCommand({ stateMachineArn, definition: changed }),
    );
    await fixture.world.scheduler.runFor(10_000);
    const later = await fixture.start(stateMachineArn);
    await fixture.world.scheduler.runFor(2_000);
    expect(await fixture.settle(later)).toMatchObject({ output: '"new"' });
    expect(await fixture.settle(running)).toMatchObject({ output: '"old"' });
    expect(
      await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: later })),
    ).toMatchObject({ definition: changed, revisionId });
    expect(
      (await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: running })))
        .definition,
    ).toContain('"old"');
    for (const nothing of [{}, { publish: false }])
      await expect(
        sfn.send(new UpdateStateMachineCommand({ stateMachineArn, ...nothing })),
      ).rejects.toMatchObject({ name: 'MissingRequiredParameter' });
  });

  it('may still serve its old definition right after a change', async () => {
    const fixture = stateMachineFixture([], { staleReadShare: 1 });
    const stateMachineArn = await fixture.machine({ Only: { ...pass, Output: 'old' } });
    const definition = definitionOf({ Only: { ...pass, Output: 'new' } });
    await fixture.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    const soon = await fixture.start(stateMachineArn);
    await fixture.world.scheduler.runFor(2_000);
    expect(await fixture.settle(soon)).toMatchObject({ output: '"old"' });
    await fixture.world.scheduler.runFor(10_000);
    const later = await fixture.start(stateMachineArn);
    await fixture.world.scheduler.runFor(2_000);
    expect(await fixture.settle(later)).toMatchObject({ output: '"new"' });
  });

  it('is deleted once its executions have failed at their next transition', async () => {
    const fixture = stateMachineFixture();
    const { sfn } = fixture;
    const stateMachineArn = await fixture.machine({ First: wait, After: pass });
    const running = await fixture.start(stateMachineArn);
    await fixture.world.scheduler.runFor(1_000);
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
      status: 'DELETING',
    });
    await expect(fixture.start(stateMachineArn)).rejects.toMatchObject({
      name: 'StateMachineDeleting',
    });
    expect(await fixture.settle(running)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'State machine machine-1 has been deleted.',
    });
    await expect(
      sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  });

  it('has its definition checked without being made', async () => {
    const { sfn } = stateMachineFixture();
    expect(await sfn.send(new ValidateStateMachineDefinitionCommand({ definition }))).toMatchObject(
      { result: 'OK', diagnostics: [] },
    );
    expect(
      await sfn.send(
        new ValidateStateMachineDefinitionCommand({
          definition: definitionOf({ Only: { ...pass, Next: 'nowhere', End: undefined } }),
        }),
      ),
    ).toMatchObject({ result: 'FAIL', diagnostics: [{ severity: 'ERROR' }] });
  });
});
