import { describe, expect, it } from '@jest/globals';
import {
  AlreadyExistsException,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  ListStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import {
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { widget, parameter, chain } from '../../../test/stack-examples.ts';

describe('creating a stack', () => {
  it('answers at once and makes resources in order of dependency afterwards', async () => {
    const fixture = stackFixture();
    const id = await fixture.create('web', chain, { Tags: [{ Key: 'team', Value: 'a' }] });
    expect(id).toMatch(/^arn:aws:cloudformation:eu-west-1:111111111111:stack\/web\/[0-9a-f-]{36}$/);
    expect(await fixture.describe('web')).toMatchObject({
      StackStatus: 'CREATE_IN_PROGRESS',
      CreationTime: new Date('2026-11-21T08:00:00.000Z'),
      Outputs: [],
    });
    expect(await fixture.settle('web')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Parameters: [{ ParameterKey: 'Prefix', ParameterValue: '/app' }],
      Outputs: [{ OutputKey: 'Out', OutputValue: '/app/second', Description: 'the second' }],
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(await fixture.events('web')).toEqual([
      'web CREATE_IN_PROGRESS User Initiated',
      'First CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS Resource creation Initiated',
      'First CREATE_COMPLETE',
      'Second CREATE_IN_PROGRESS',
      'Second CREATE_IN_PROGRESS Resource creation Initiated',
      'Second CREATE_COMPLETE',
      'web CREATE_COMPLETE',
    ]);
    const ssm = fixture.client(SSMClient);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/second' }));
    expect(Parameter?.Value).toBe('/app/first|v|web');
    const { TagList = [] } = await ssm.send(
      new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/app/first' }),
    );
    expect(Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]))).toEqual({
      own: 'x',
      team: 'a',
      'aws:cloudformation:stack-name': 'web',
      'aws:cloudformation:stack-id': id,
      'aws:cloudformation:logical-id': 'First',
    });
  });

  it('makes independent resources side by side', async () => {
    const fixture = stackFixture();
    await fixture.create('s', {
      Resources: { A: widget(), B: widget(), C: widget({}, { DependsOn: ['A', 'B'] }) },
    });
    const { scheduler } = fixture.world;
    await scheduler.runFor(60_900);
    expect((await fixture.describe('s')).StackStatus).toBe('CREATE_IN_PROGRESS');
    await scheduler.runFor(200);
    expect((await fixture.describe('s')).StackStatus).toBe('CREATE_COMPLETE');
    expect(fixture.log).toEqual(['create A 1', 'create B 1', 'create C 1']);
  });

  it('describes resources by stack, by logical and by physical id', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', {
      Resources: {
        A: parameter({ Name: '/a' }, { Metadata: { note: 1 } }),
        B: parameter({}),
        C: parameter({ Name: '/c' }),
      },
    });
    const { cfn } = fixture;
    const { StackResourceDetail } = await cfn.send(
      new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'A' }),
    );
    expect(StackResourceDetail).toMatchObject({
      PhysicalResourceId: '/a',
      ResourceStatus: 'CREATE_COMPLETE',
      Metadata: '{"note":1}',
    });
    const byPhysicalId = await cfn.send(
      new DescribeStackResourcesCommand({ PhysicalResourceId: '/c' }),
    );
    expect(byPhysicalId.StackResources?.map((found) => found.LogicalResourceId)).toEqual([
      'A',
      'B',
      'C',
    ]);
    const first = await cfn.send(new ListStackResourcesCommand({ StackName: 's' }));
    const second = await cfn.send(
      new ListStackResourcesCommand({ StackName: 's', NextToken: first.NextToken }),
    );
    expect(first.StackResourceSummaries).toHaveLength(2);
    expect(first.StackResourceSummaries?.[1]?.PhysicalResourceId).toMatch(/^CFN-B-[A-Z2-7]{12}$/);
    expect(second.StackResourceSummaries?.map((found) => found.LogicalResourceId)).toEqual(['C']);
    await expect(
      cfn.send(new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'X' })),
    ).rejects.toThrow('Resource X does not exist for stack s');
  });

  it('waits for a resource that is not ready yet, but not for ever', async () => {
    const fixture = stackFixture();
    const ready = await fixture.deploy('a', { Resources: { A: widget({ ReadyAfter: 3 }) } });
    expect(ready.StackStatus).toBe('CREATE_COMPLETE');
    const stuck = await fixture.deploy('b', { Resources: { B: widget({ ReadyAfter: 'never' }) } });
    expect(stuck.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await fixture.events('b')).toContainEqual(
      expect.stringMatching(
        /^B CREATE_FAILED Resource handler returned message: "the widget is not ready" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: NotStabilized\)$/,
      ),
    );
  });

  it('takes the same request twice by its token, and no other one', async () => {
    const fixture = stackFixture();
    const input = { ClientRequestToken: 'once' };
    const id = await fixture.create('s', chain, input);
    expect(await fixture.create('s', chain, input)).toBe(id);
    await expect(fixture.create('s', { Resources: { A: widget() } }, input)).rejects.toMatchObject({
      name: 'TokenAlreadyExistsException',
    });
    await expect(fixture.create('s', chain)).rejects.toBeInstanceOf(AlreadyExistsException);
  });

  it('lists stacks page by page, newest first, deleted ones too', async () => {
    const fixture = stackFixture();
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await fixture.deploy(name, { Resources: { P: parameter({}) } });
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 'b' }));
    await fixture.world.scheduler.runFor(60_000);
    const pages: string[] = [];
    for await (const { StackSummaries = [] } of paginateListStacks({ client: fixture.cfn }, {}))
      pages.push(StackSummaries.map((s) => `${s.StackName} ${s.StackStatus}`).join());
    expect(pages).toEqual([
      'e CREATE_COMPLETE,d CREATE_COMPLETE',
      'c CREATE_COMPLETE,b DELETE_COMPLETE',
      'a CREATE_COMPLETE',
    ]);
  });
});

describe('a creation that fails', () => {
  const broken = {
    Resources: {
      Good: parameter({ Name: '/good' }),
      Kept: parameter({ Name: '/kept' }, { DeletionPolicy: 'Retain' }),
      Spare: parameter({ Name: '/spare' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
      Slow: widget(),
      Bad: widget({ Fails: 'create' }, { DependsOn: ['Good', 'Kept', 'Spare'] }),
      Never: parameter({ Value: { Ref: 'Bad' } }),
    },
  };

  it('cancels what is going on, deletes what was made and keeps what shall be retained', async () => {
    const fixture = stackFixture();
    const stack = await fixture.deploy('s', broken);
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const events = await fixture.events('s');
    expect(events).toContainEqual(
      expect.stringMatching(
        /^Bad CREATE_FAILED Resource handler returned message: "no create today"/,
      ),
    );
    expect(events.slice(events.findIndex((line) => line.includes('cancelled')))).toEqual([
      'Slow CREATE_FAILED Resource creation cancelled',
      's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad]. Rollback requested by user.',
      'Bad DELETE_COMPLETE',
      'Slow DELETE_IN_PROGRESS',
      'Spare DELETE_IN_PROGRESS',
      'Kept DELETE_SKIPPED',
      'Good DELETE_IN_PROGRESS',
      'Slow DELETE_COMPLETE',
      'Spare DELETE_COMPLETE',
      'Good DELETE_COMPLETE',
      's ROLLBACK_COMPLETE',
    ]);
    expect(events.some((line) => line.startsWith('Never'))).toBe(false);
    const ssm = fixture.client(SSMClient);
    await ssm.send(new GetParameterCommand({ Name: '/kept' }));
    for (const Name of ['/good', '/spare'])
      await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({
        name: 'ParameterNotFound',
      });
    await expect(fixture.update('s', chain)).rejects.toThrow(
      `Stack:${stack.StackId ?? ''} is in ROLLBACK_COMPLETE state and can not be updated.`,
    );
  });

  it('leaves everything as it is without rollback, and an update goes on from there', async () => {
    const fixture = stackFixture();
    const stack = await fixture.deploy('s', broken, { DisableRollback: true });
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_FAILED',
      StackStatusReason: 'The following resource(s) failed to create: [Bad]. ',
      DisableRollback: true,
    });
    expect(fixture.log).toEqual(['create Slow 1']);
    const repaired = await fixture.update('s', {
      Resources: { ...broken.Resources, Bad: widget() },
    });
    expect(repaired.StackStatus).toBe('UPDATE_COMPLETE');
    expect(fixture.log).toEqual(['create Slow 1', 'create Bad 1']);
  });

  it('deletes the stack when asked to', async () => {
    const fixture = stackFixture();
    const id = await fixture.create('s', broken, { OnFailure: 'DELETE' });
    expect((await fixture.settle(id)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(fixture.describe('s')).rejects.toThrow('Stack with id s does not exist');
  });

  it.each<[string, object, string]>([
    [
      'an unknown property',
      widget({ Colour: 'red' }),
      'Properties validation failed for resource R with message:\n#: extraneous key [Colour] is not permitted',
    ],
    [
      'a missing property',
      { Type: 'Test::Widget::Item' },
      'Properties validation failed for resource R with message:\n#: required key [Size] not found',
    ],
    [
      'a wrong value',
      parameter({ Type: 'SecureString' }),
      'Properties validation failed for resource R with message:\n#/Type: SecureString is not a valid enum value',
    ],
    [
      'a name that is taken',
      parameter({ Name: '/taken' }),
      'Resource handler returned message: "The parameter already exists.',
    ],
  ])('says why for %s', async (_, resource, reason) => {
    const fixture = stackFixture();
    await fixture
      .client(SSMClient)
      .send(new PutParameterCommand({ Name: '/taken', Value: 'x', Type: 'String' }));
    await fixture.deploy('s', { Resources: { R: resource } });
    expect(await fixture.events('s')).toContainEqual(
      expect.stringContaining(`R CREATE_FAILED ${reason}`),
    );
  });

  it('fails for an attribute that a resource turns out not to have', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', {
      Resources: { A: widget(), B: parameter({ Value: { 'Fn::GetAtt': 'A.Colour' } }) },
    });
    expect(await fixture.events('s')).toContain(
      'B CREATE_FAILED Template error: resource A does not support attribute type Colour in Fn::GetAtt',
    );
  });
});
