import { describe, expect, it } from '@jest/globals';
import {
  ChangeSetNotFoundException,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  InvalidChangeSetStatusException,
  ListChangeSetsCommand,
  waitUntilChangeSetCreateComplete,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { stackFixture, type StackFixture } from '../../../test/stack-fixture.ts';
import { widget, parameter } from '../../../test/stack-examples.ts';

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
