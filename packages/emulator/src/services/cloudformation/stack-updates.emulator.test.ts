import { describe, expect, it } from '@jest/globals';
import { ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { widget, parameter, ssmOf, valueOf, since } from '../../../test/stack-examples.ts';

describe('updating a stack', () => {
  it('changes in place what can be, and what depends on it', async () => {
    const fixture = stackFixture();
    const template = (size: number) => ({
      Resources: {
        A: widget({ Size: size }),
        B: parameter({ Name: '/b', Value: { 'Fn::Sub': 'size ${A.Size}' } }),
        C: parameter({ Name: '/c' }),
      },
      Outputs: { Size: { Value: { 'Fn::GetAtt': 'A.Size' } } },
    });
    await fixture.deploy('s', template(1));
    const stack = await fixture.update('s', template(2));
    expect(stack).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
      Outputs: [{ OutputValue: '2' }],
    });
    expect(stack.LastUpdatedTime).toBeInstanceOf(Date);
    expect(await valueOf(fixture, '/b')).toBe('size 2');
    expect(since(await fixture.events('s'), 's UPDATE_IN_PROGRESS')).toEqual([
      's UPDATE_IN_PROGRESS User Initiated',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      's UPDATE_COMPLETE',
    ]);
  });

  it('is refused without a change, whatever the types in the template', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', { Resources: { A: widget({ Size: 1 }) } });
    await expect(
      fixture.update('s', { Description: 'new', Resources: { A: widget({ Size: '1' }) } }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    const withOutput = {
      Resources: { A: widget() },
      Outputs: { O: { Value: 'x' } },
    };
    expect((await fixture.update('s', withOutput)).Outputs).toMatchObject([{ OutputValue: 'x' }]);
    const withMetadata = { ...withOutput, Resources: { A: widget({}, { Metadata: { m: 1 } }) } };
    expect((await fixture.update('s', withMetadata)).StackStatus).toBe('UPDATE_COMPLETE');
    expect(fixture.log).toEqual(['create A 1']);
  });

  it('uses the previous template and previous values', async () => {
    const fixture = stackFixture();
    await fixture.deploy(
      's',
      {
        Parameters: { Size: { Type: 'Number' }, Other: { Type: 'String' } },
        Resources: {
          A: widget({ Size: { Ref: 'Size' }, Tags: [{ Key: 'o', Value: { Ref: 'Other' } }] }),
        },
      },
      {
        Parameters: [
          { ParameterKey: 'Size', ParameterValue: '1' },
          { ParameterKey: 'Other', ParameterValue: 'x' },
        ],
      },
    );
    const stack = await fixture.update(
      's',
      {},
      {
        TemplateBody: undefined,
        UsePreviousTemplate: true,
        Parameters: [
          { ParameterKey: 'Size', ParameterValue: '2' },
          { ParameterKey: 'Other', UsePreviousValue: true },
        ],
      },
    );
    expect(stack.Parameters).toEqual([
      { ParameterKey: 'Size', ParameterValue: '2' },
      { ParameterKey: 'Other', ParameterValue: 'x' },
    ]);
    expect(fixture.log.at(-1)).toBe('update A "1" to "2"');
  });

  it('replaces for a create-only property: new one first, then dependants, the old one last', async () => {
    const fixture = stackFixture();
    const template = (kind: string, more: object = {}) => ({
      Resources: {
        A: widget({ Kind: kind }, more),
        B: parameter({ Name: '/b', Value: { Ref: 'A' } }),
      },
    });
    await fixture.deploy('s', template('x'));
    const before = await valueOf(fixture, '/b');
    await fixture.update('s', template('y'));
    const after = await valueOf(fixture, '/b');
    expect(after).not.toBe(before);
    expect(since(await fixture.events('s'), 'A UPDATE_IN_PROGRESS')).toEqual([
      'A UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      'A UPDATE_IN_PROGRESS Resource creation Initiated',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      's UPDATE_COMPLETE',
    ]);
    const kept = { UpdateReplacePolicy: 'Retain' };
    await fixture.update('s', template('y2', kept));
    await fixture.update('s', template('z', kept));
    expect(fixture.log.filter((line) => line.startsWith('delete'))).toHaveLength(2);
    expect(await fixture.events('s')).toContain('A DELETE_SKIPPED');
  });

  it('refuses to replace what has a name of its own', async () => {
    const fixture = stackFixture();
    const template = (kind: string, name: string) => ({
      Resources: { A: widget({ WidgetName: name, Kind: kind }) },
    });
    await fixture.deploy('s', template('x', 'mine'));
    expect((await fixture.update('s', template('y', 'mine'))).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    expect(await fixture.events('s')).toContain(
      'A UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename mine and update the stack again.',
    );
    expect((await fixture.update('s', template('y', 'yours'))).StackStatus).toBe('UPDATE_COMPLETE');
    expect(fixture.log).toEqual(['create A 1', 'create A 1', 'delete A 1']);
  });

  it('adds, removes and retains resources as the template and its conditions say', async () => {
    const fixture = stackFixture();
    const template = {
      Parameters: { On: { Type: 'String' } },
      Conditions: { On: { 'Fn::Equals': [{ Ref: 'On' }, 'yes'] } },
      Resources: {
        Always: parameter({
          Name: '/always',
          Value: { 'Fn::If': ['On', { Ref: 'Some' }, 'nothing'] },
        }),
        Some: parameter({ Name: '/some' }, { Condition: 'On' }),
        Kept: parameter({ Name: '/kept' }, { Condition: 'On', DeletionPolicy: 'Retain' }),
      },
    };
    const on = (value: string) => ({
      Parameters: [{ ParameterKey: 'On', ParameterValue: value }],
    });
    await fixture.deploy('s', template, on('no'));
    await expect(valueOf(fixture, '/some')).rejects.toThrow();
    await fixture.update('s', template, on('yes'));
    expect(await valueOf(fixture, '/always')).toBe('/some');
    await fixture.update('s', template, on('no'));
    expect(await valueOf(fixture, '/always')).toBe('nothing');
    expect(await valueOf(fixture, '/kept')).toBe('v');
    await expect(valueOf(fixture, '/some')).rejects.toThrow();
    expect(since(await fixture.events('s'), 'Kept DELETE')).toEqual([
      'Kept DELETE_SKIPPED',
      'Some DELETE_IN_PROGRESS',
      'Some DELETE_COMPLETE',
      's UPDATE_COMPLETE',
    ]);
  });

  it('hands changed stack tags on to resources', async () => {
    const fixture = stackFixture();
    const template = { Resources: { P: parameter({ Name: '/p', Tags: { own: '1' } }) } };
    await fixture.deploy('s', template, {
      Tags: [
        { Key: 'old', Value: '1' },
        { Key: 'team', Value: 'a' },
      ],
    });
    const stack = await fixture.update('s', template, { Tags: [{ Key: 'team', Value: 'b' }] });
    expect(stack.Tags).toEqual([{ Key: 'team', Value: 'b' }]);
    const { TagList = [] } = await ssmOf(fixture).send(
      new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/p' }),
    );
    const own = TagList.filter(({ Key }) => Key?.startsWith('aws:') !== true);
    expect(own).toEqual(
      expect.arrayContaining([
        { Key: 'own', Value: '1' },
        { Key: 'team', Value: 'b' },
      ]),
    );
    expect(own).toHaveLength(2);
  });

  it('puts everything back when something fails', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', {
      Resources: {
        Changed: parameter({ Name: '/changed', Value: 'old' }),
        Replaced: widget({ Kind: 'old' }),
        User: parameter({ Name: '/user', Value: { Ref: 'Replaced' } }),
        Removed: parameter({ Name: '/removed' }),
      },
      Outputs: { O: { Value: 'old' } },
    });
    const before = await valueOf(fixture, '/user');
    const stack = await fixture.update('s', {
      Resources: {
        Changed: parameter({ Name: '/changed', Value: 'new' }),
        Replaced: widget({ Kind: 'new' }),
        User: parameter({ Name: '/user', Value: { Ref: 'Replaced' } }),
        Added: parameter({ Name: '/added' }),
        Bad: widget({ Fails: 'create' }, { DependsOn: ['User', 'Added', 'Changed'] }),
      },
      Outputs: { O: { Value: 'new' } },
    });
    expect(stack).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      Outputs: [{ OutputValue: 'old' }],
    });
    expect(await valueOf(fixture, '/changed')).toBe('old');
    expect(await valueOf(fixture, '/user')).toBe(before);
    expect(await valueOf(fixture, '/removed')).toBe('v');
    await expect(valueOf(fixture, '/added')).rejects.toThrow();
    expect(since(await fixture.events('s'), 's UPDATE_ROLLBACK')).toEqual([
      's UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad]. ',
      'Changed UPDATE_IN_PROGRESS',
      'Replaced UPDATE_COMPLETE',
      'User UPDATE_IN_PROGRESS',
      'Changed UPDATE_COMPLETE',
      'User UPDATE_COMPLETE',
      's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'Bad DELETE_COMPLETE',
      'Replaced DELETE_IN_PROGRESS',
      'Added DELETE_IN_PROGRESS',
      'Replaced DELETE_COMPLETE',
      'Added DELETE_COMPLETE',
      's UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(fixture.log).toEqual(['create Replaced 1', 'create Replaced 1', 'delete Replaced 1']);
    const repaired = await fixture.update('s', { Resources: { Replaced: widget({ Size: 5 }) } });
    expect(repaired.StackStatus).toBe('UPDATE_COMPLETE');
  });

  it('undoes a change that failed half-way, or says that it cannot', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', { Resources: { A: widget() } });
    const failing = { Resources: { A: widget({ Size: 2, Fails: 'update' }) } };
    expect((await fixture.update('s', failing)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(fixture.log).toEqual(['create A 1', 'update A 2 to 1']);
    await fixture.deploy('t', { Resources: { A: widget({ Fails: 'update' }), B: widget() } });
    const stuck = await fixture.update('t', {
      Resources: {
        A: widget({ Size: 2 }),
        B: widget({ Size: 3, Fails: 'update' }, { DependsOn: 'A' }),
      },
    });
    expect(stuck).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_FAILED',
      StackStatusReason: 'The following resource(s) failed to update: [A]. ',
    });
  });

  it('stays half-way without rollback, and a later update ends it', async () => {
    const fixture = stackFixture();
    const template = (kind: string, bad: object) => ({
      Resources: { A: widget({ Kind: kind }), B: widget(bad, { DependsOn: 'A' }) },
    });
    await fixture.deploy('s', template('x', {}));
    const failed = await fixture.update('s', template('y', { Size: 2, Fails: 'update' }), {
      DisableRollback: true,
    });
    expect(failed).toMatchObject({
      StackStatus: 'UPDATE_FAILED',
      StackStatusReason: 'The following resource(s) failed to update: [B]. ',
    });
    expect(fixture.log.slice(2)).toEqual(['create A 1']);
    await fixture.update('s', template('y', { Size: 1 }));
    expect(fixture.log.slice(2)).toEqual(['create A 1', 'update B 1 to 1', 'delete A 1']);
  });

  it('ends well even if an old resource cannot be deleted', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', { Resources: { A: widget(), B: widget({ Fails: 'delete' }) } });
    expect(await fixture.update('s', { Resources: { A: widget() } })).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
      StackStatusReason: 'Update successful. One or more resources could not be deleted.',
    });
  });

  it('refuses another type under the same name, and a stack that is busy or not there', async () => {
    const fixture = stackFixture();
    const id = await fixture.create('s', { Resources: { A: widget() } });
    await expect(fixture.update('s', { Resources: { A: widget({ Size: 2 }) } })).rejects.toThrow(
      `Stack:${id} is in CREATE_IN_PROGRESS state and can not be updated.`,
    );
    await fixture.settle('s');
    await expect(fixture.update('s', { Resources: { A: parameter({}) } })).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]',
    );
    await expect(fixture.update('x', { Resources: { A: widget() } })).rejects.toThrow(
      'Stack [x] does not exist',
    );
  });
});
