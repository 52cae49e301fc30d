import { describe, expect, it } from '@jest/globals';
import {
  ChangeSetNotFoundException,
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  InvalidChangeSetStatusException,
  ListChangeSetsCommand,
  UpdateStackCommand,
  waitUntilChangeSetCreateComplete,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, ListTagsForResourceCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stackFixture, type StackFixture } from '../../../test/stack-fixture.ts';
import { iam } from '../iam/operations.ts';
import { s3 } from '../s3/operations.ts';

const widget = (properties: object = {}, attributes: object = {}) => ({
  Type: 'Test::Widget::Item',
  Properties: { Size: 1, ...properties },
  ...attributes,
});
const parameter = (properties: object, attributes: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value: 'v', ...properties },
  ...attributes,
});
const ssmOf = (fixture: StackFixture) => fixture.client(SSMClient);
const valueOf = async (fixture: StackFixture, Name: string): Promise<string | undefined> => {
  const { Parameter } = await ssmOf(fixture).send(new GetParameterCommand({ Name }));
  return Parameter?.Value;
};
const since = (lines: readonly string[], first: string): string[] =>
  lines.slice(lines.findIndex((line) => line.startsWith(first)));

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

describe('change sets', () => {
  const propose = async (
    fixture: StackFixture,
    template: object,
    input: Partial<CreateChangeSetCommandInput> = {},
  ): Promise<DescribeChangeSetCommandOutput> => {
    const names = { StackName: 's', ChangeSetName: 'c', ...input };
    await fixture.cfn.send(
      new CreateChangeSetCommand({ TemplateBody: JSON.stringify(template), ...names }),
    );
    const describe = () => fixture.cfn.send(new DescribeChangeSetCommand(names));
    expect((await describe()).Status).toBe('CREATE_PENDING');
    await fixture.world.scheduler.runFor(10_000);
    return describe();
  };

  it('creates a stack as aws cloudformation deploy does', async () => {
    const fixture = stackFixture();
    await expect(fixture.describe('s')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id s does not exist',
    });
    const proposed = await propose(
      fixture,
      { Resources: { A: widget(), B: widget() } },
      { ChangeSetType: 'CREATE', Description: 'first', Tags: [{ Key: 'a', Value: 'b' }] },
    );
    expect(proposed).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Description: 'first',
      Changes: [
        { ResourceChange: { Action: 'Add', LogicalResourceId: 'A' } },
        { ResourceChange: { Action: 'Add', LogicalResourceId: 'B' } },
      ],
    });
    expect((await fixture.describe('s')).StackStatus).toBe('REVIEW_IN_PROGRESS');
    await waitUntilChangeSetCreateComplete(
      { client: fixture.cfn, maxWaitTime: 60 },
      { StackName: 's', ChangeSetName: 'c' },
    );
    await fixture.cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }));
    expect(await fixture.settle('s')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      ChangeSetId: proposed.ChangeSetId,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { ExecutionStatus } = await fixture.cfn.send(
      new DescribeChangeSetCommand({ ChangeSetName: proposed.ChangeSetId }),
    );
    expect(ExecutionStatus).toBe('EXECUTE_COMPLETE');
    expect((await fixture.events('s')).slice(0, 2)).toEqual([
      's REVIEW_IN_PROGRESS User Initiated',
      's CREATE_IN_PROGRESS User Initiated',
    ]);
  });

  it('say what would change and why, page by page', async () => {
    const fixture = stackFixture();
    const template = (kind: string, size: object | number) => ({
      Parameters: { Size: { Type: 'Number', Default: '1' } },
      Resources: {
        Replaced: widget({ Kind: kind, Size: size }),
        ByRef: parameter({ Name: { 'Fn::Sub': '/${Replaced}' } }),
        ByAttribute: parameter({ Value: { 'Fn::GetAtt': 'Replaced.Arn' } }),
        Direct: widget({ Size: kind }),
        ByParameter: widget({ Size: { Ref: 'Size' } }),
        Same: widget(),
        ...(kind === 'x' ? { Removed: widget() } : { Added: widget() }),
      },
    });
    await fixture.deploy('s', template('x', 1));
    await propose(fixture, template('y', 1), {
      Parameters: [{ ParameterKey: 'Size', ParameterValue: '2' }],
    });
    const changes: unknown[] = [];
    let pages = 0;
    for (let NextToken: string | undefined; pages < 10;) {
      const page = await fixture.cfn.send(
        new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'c', NextToken }),
      );
      pages += 1;
      for (const { ResourceChange: change } of page.Changes ?? []) {
        const [detail] = change?.Details ?? [];
        changes.push(
          [
            change?.Action,
            change?.LogicalResourceId,
            change?.Replacement,
            detail?.Target?.Name,
            detail?.Target?.RequiresRecreation,
            detail?.Evaluation,
            detail?.ChangeSource,
            detail?.CausingEntity,
          ]
            .filter((part) => part !== undefined)
            .join(' '),
        );
      }
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    expect(pages).toBe(4);
    expect(changes.toSorted()).toEqual([
      'Add Added',
      'Modify ByAttribute False Value Never Dynamic ResourceAttribute Replaced.Arn',
      'Modify ByParameter False Size Never Static ParameterReference Size',
      'Modify ByRef Conditional Name Conditionally Dynamic ResourceReference Replaced',
      'Modify Direct False Size Never Static DirectModification',
      'Modify Replaced True Kind Always Static DirectModification',
      'Remove Removed',
    ]);
    await fixture.cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' }));
    expect((await fixture.settle('s')).StackStatus).toBe('UPDATE_COMPLETE');
  });

  it('fail when there is nothing to change', async () => {
    const fixture = stackFixture();
    const template = { Resources: { A: widget() } };
    await fixture.deploy('s', template);
    expect(await propose(fixture, template)).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    await expect(
      fixture.cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' })),
    ).rejects.toBeInstanceOf(InvalidChangeSetStatusException);
  });

  it('can be listed and deleted, and go when another one is executed', async () => {
    const fixture = stackFixture();
    const { cfn } = fixture;
    await fixture.deploy('s', { Resources: { A: widget() } });
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await propose(fixture, { Resources: { A: widget({ Size: name }) } }, { ChangeSetName: name });
    const listed: string[] = [];
    for (let NextToken: string | undefined, first = true; first || NextToken !== undefined;) {
      first = false;
      const page = await cfn.send(new ListChangeSetsCommand({ StackName: 's', NextToken }));
      listed.push((page.Summaries ?? []).map(({ ChangeSetName }) => ChangeSetName).join());
      NextToken = page.NextToken;
    }
    expect(listed).toEqual(['e,d', 'c,b', 'a']);
    await cfn.send(new DeleteChangeSetCommand({ StackName: 's', ChangeSetName: 'a' }));
    await expect(
      cfn.send(new DescribeChangeSetCommand({ StackName: 's', ChangeSetName: 'a' })),
    ).rejects.toBeInstanceOf(ChangeSetNotFoundException);
    await cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'b' }));
    await fixture.settle('s');
    const { Summaries } = await cfn.send(new ListChangeSetsCommand({ StackName: 's' }));
    expect(Summaries).toMatchObject([{ ChangeSetName: 'b', ExecutionStatus: 'EXECUTE_COMPLETE' }]);
    expect(fixture.log.at(-1)).toBe('update A 1 to "b"');
  });

  it('are obsolete after an update behind their back', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', { Resources: { A: widget() } });
    await propose(fixture, { Resources: { A: widget({ Size: 2 }) } });
    await fixture.update('s', { Resources: { A: widget({ Size: 3 }) } });
    await expect(
      fixture.cfn.send(new ExecuteChangeSetCommand({ StackName: 's', ChangeSetName: 'c' })),
    ).rejects.toThrow('[OBSOLETE]');
  });

  it.each<[string, Partial<CreateChangeSetCommandInput>, string]>([
    [
      'a stack that exists',
      { ChangeSetType: 'CREATE' },
      'Stack [s] already exists and cannot be created again with the changeSet [c].',
    ],
    ['a stack that does not', { StackName: 'x' }, 'Stack [x] does not exist'],
    ['an import', { ChangeSetType: 'IMPORT' }, 'change sets of type IMPORT are not modelled'],
    [
      'a bad name',
      { ChangeSetName: '1' },
      "Value '1' at 'changeSetName' failed to satisfy constraint",
    ],
    [
      'existing resources',
      { ImportExistingResources: true },
      'the parameter ImportExistingResources is not modelled',
    ],
  ])('are refused for %s', async (_, input, message) => {
    const fixture = stackFixture();
    await fixture.deploy('s', { Resources: { A: parameter({}) } });
    await expect(propose(fixture, { Resources: { A: widget() } }, input)).rejects.toThrow(message);
  });

  it('need their own permission, by stack and by name', async () => {
    const fixture = stackFixture();
    fixture.addUser('ops', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'cloudformation:ExecuteChangeSet',
          Resource: '*',
          Condition: { StringNotEquals: { 'cloudformation:ChangeSetName': 'approved' } },
        },
      ],
    });
    await fixture.deploy('s', { Resources: { A: widget() } });
    const template = { Resources: { A: widget({ Size: 2 }) } };
    const cfn = fixture.client(CloudFormationClient, { user: 'ops' });
    const { ChangeSetId } = await propose(fixture, template);
    await expect(
      cfn.send(new ExecuteChangeSetCommand({ ChangeSetName: ChangeSetId })),
    ).rejects.toThrow('cloudformation:ExecuteChangeSet');
    const approved = await propose(fixture, template, { ChangeSetName: 'approved' });
    await cfn.send(new ExecuteChangeSetCommand({ ChangeSetName: approved.ChangeSetId }));
  });
});

describe('a role for CloudFormation', () => {
  const trusting = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
    });
  const prepare = async (service: string) => {
    const fixture = stackFixture([iam]);
    const { Role } = await fixture.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'deployer',
        AssumeRolePolicyDocument: trusting(service),
      }),
    );
    await fixture.world.scheduler.runFor(60_000);
    return { fixture, RoleARN: Role?.Arn ?? '' };
  };
  const template = { Resources: { P: parameter({}) } };

  it('makes the resources, now and whenever the stack changes', async () => {
    const { fixture, RoleARN } = await prepare('cloudformation.amazonaws.com');
    const stack = await fixture.deploy('s', template, { RoleARN });
    // The role has no policy, so that what it may not do shows who it was.
    expect(stack).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE', RoleARN });
    expect(await fixture.events('s')).toContainEqual(
      expect.stringContaining(
        'arn:aws:sts::111111111111:assumed-role/deployer/AWSCloudFormation is not authorized to perform: ssm:PutParameter',
      ),
    );
  });

  it('has to trust CloudFormation', async () => {
    const { fixture, RoleARN } = await prepare('lambda.amazonaws.com');
    await expect(fixture.create('s', template, { RoleARN })).rejects.toThrow(
      `Role ${RoleARN} is invalid or cannot be assumed`,
    );
    await expect(
      fixture.create('s', template, { RoleARN: 'a-role-called-deployer' }),
    ).rejects.toThrow('a-role-called-deployer is not a valid RoleARN');
  });

  it('has to be passed by the caller, but only once', async () => {
    const { fixture, RoleARN } = await prepare('cloudformation.amazonaws.com');
    fixture.addUser('ops', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['cloudformation:*', 'ssm:*'], Resource: '*' },
    });
    const cfn = fixture.client(CloudFormationClient, { user: 'ops' });
    const TemplateBody = JSON.stringify(template);
    await expect(
      cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody, RoleARN })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`iam:PassRole on resource: ${RoleARN}`),
    });
    await fixture.deploy('s', { Resources: { A: widget() } }, { RoleARN });
    await cfn.send(
      new UpdateStackCommand({
        StackName: 's',
        TemplateBody: JSON.stringify({ Resources: { A: widget(), P: parameter({}) } }),
      }),
    );
    await fixture.settle('s');
    expect(await fixture.events('s')).toContainEqual(
      expect.stringContaining('assumed-role/deployer/AWSCloudFormation is not authorized'),
    );
  });
});

describe('a template in a bucket', () => {
  const template = {
    Resources: { P: parameter({ Name: '/p' }) },
    Metadata: { x: 'x'.repeat(60_000) },
  };

  it('is read as the caller, up to a megabyte', async () => {
    const fixture = stackFixture([s3]);
    const client = fixture.client(S3Client);
    await client.send(
      new CreateBucketCommand({
        Bucket: 'templates',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    const put = (Key: string, body: object) =>
      client.send(new PutObjectCommand({ Bucket: 'templates', Key, Body: JSON.stringify(body) }));
    await put('a/t.json', template);
    await put('big.json', { ...template, Metadata: { x: 'x'.repeat(1_000_000) } });
    const url = (key: string) => ({
      TemplateBody: undefined,
      TemplateURL: `https://templates.s3.eu-west-1.amazonaws.com/${key}`,
    });
    expect((await fixture.deploy('s', {}, url('a/t.json'))).StackStatus).toBe('CREATE_COMPLETE');
    await expect(fixture.create('t', {}, url('big.json'))).rejects.toThrow(
      'Template may not exceed 1000000 bytes in size.',
    );
    await expect(fixture.create('t', {}, url('none.json'))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('S3 error: '),
    });
    await expect(
      fixture.create('t', {}, { TemplateBody: undefined, TemplateURL: 'https://example.com/t' }),
    ).rejects.toThrow('TemplateURL must be a supported URL.');
    fixture.addUser('ops', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' },
    });
    await expect(
      fixture
        .client(CloudFormationClient, { user: 'ops' })
        .send(new CreateStackCommand({ StackName: 't', TemplateURL: url('a/t.json').TemplateURL })),
    ).rejects.toThrow('S3 error: ');
  });
});
