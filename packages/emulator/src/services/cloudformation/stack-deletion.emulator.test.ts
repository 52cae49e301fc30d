import { describe, expect, it } from '@jest/globals';
import {
  AlreadyExistsException,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { widget, parameter, chain } from '../../../test/stack-examples.ts';

describe('deleting a stack', () => {
  it('deletes in reverse order and is done with what is gone already', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', {
      Resources: { A: widget(), B: widget({ Tags: [{ Key: 'a', Value: { Ref: 'A' } }] }) },
    });
    const { StackId = '' } = await fixture.describe('s');
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    expect((await fixture.describe('s')).StackStatus).toBe('DELETE_IN_PROGRESS');
    await expect(fixture.create('s', chain)).rejects.toBeInstanceOf(AlreadyExistsException);
    const gone = await fixture.settle(StackId);
    expect(gone.StackStatus).toBe('DELETE_COMPLETE');
    expect(gone.DeletionTime).toBeInstanceOf(Date);
    expect(fixture.log.slice(2)).toEqual(['delete B 1', 'delete A 1']);
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    await fixture.create('s', chain);
  });

  it('stops at what cannot be deleted, until it is retained', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', {
      Resources: {
        Base: widget(),
        Stuck: widget({ Fails: 'delete' }, { DependsOn: 'Base' }),
        Kept: parameter({ Name: '/kept' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
      },
    });
    const { StackId = '' } = await fixture.describe('s');
    const { cfn } = fixture;
    await expect(
      cfn.send(new DeleteStackCommand({ StackName: 's', RetainResources: ['Stuck'] })),
    ).rejects.toThrow('RetainResources can only be given for a stack in DELETE_FAILED');
    await cfn.send(new DeleteStackCommand({ StackName: 's' }));
    expect(await fixture.settle('s')).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [Stuck]. ',
    });
    expect(await fixture.events('s')).toEqual(expect.arrayContaining(['Kept DELETE_SKIPPED']));
    expect(fixture.log).toEqual(['create Base 1', 'create Stuck 1']);
    await cfn.send(new DeleteStackCommand({ StackName: 's', RetainResources: ['Stuck'] }));
    expect((await fixture.settle(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(fixture.log.at(-1)).toBe('delete Base 1');
  });

  it('is refused under termination protection', async () => {
    const fixture = stackFixture();
    await fixture.deploy('s', chain, { EnableTerminationProtection: true });
    await expect(fixture.cfn.send(new DeleteStackCommand({ StackName: 's' }))).rejects.toThrow(
      'Stack [s] cannot be deleted while TerminationProtection is enabled',
    );
    await fixture.cfn.send(
      new UpdateTerminationProtectionCommand({
        StackName: 's',
        EnableTerminationProtection: false,
      }),
    );
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    await fixture.world.scheduler.runFor(60_000);
    await expect(fixture.describe('s')).rejects.toThrow('does not exist');
  });

  it('ends a creation that is still going on', async () => {
    const fixture = stackFixture();
    const id = await fixture.create('s', {
      Resources: { A: widget(), B: widget({}, { DependsOn: 'A' }) },
    });
    await fixture.world.scheduler.runFor(10_000);
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    expect((await fixture.settle(id)).StackStatus).toBe('DELETE_COMPLETE');
    expect(fixture.log).toEqual(['create A 1', 'delete A 1']);
  });
});

describe('exports', () => {
  const exporter = (value: string) => ({
    Resources: { P: parameter({ Value: value }) },
    Outputs: { O: { Value: { 'Fn::GetAtt': 'P.Value' }, Export: { Name: 'shared' } } },
  });
  const importer = {
    Resources: { P: parameter({ Name: '/imported', Value: { 'Fn::ImportValue': 'shared' } }) },
  };

  it('can be imported, and neither changed nor deleted while they are', async () => {
    const fixture = stackFixture();
    const { cfn } = fixture;
    await fixture.deploy('giver', exporter('one'));
    await fixture.deploy('taker', importer);
    const { Parameter } = await fixture
      .client(SSMClient)
      .send(new GetParameterCommand({ Name: '/imported' }));
    expect(Parameter?.Value).toBe('one');
    const { Exports } = await cfn.send(new ListExportsCommand({}));
    expect(Exports).toMatchObject([{ Name: 'shared', Value: 'one' }]);
    const { Imports } = await cfn.send(new ListImportsCommand({ ExportName: 'shared' }));
    expect(Imports).toEqual(['taker']);
    expect((await fixture.update('giver', exporter('two'))).StackStatus).toBe(
      'UPDATE_ROLLBACK_COMPLETE',
    );
    expect(await fixture.events('giver')).toContain(
      'giver UPDATE_ROLLBACK_IN_PROGRESS Cannot update export shared as it is in use by taker ',
    );
    await cfn.send(new DeleteStackCommand({ StackName: 'giver' }));
    expect(await fixture.settle('giver')).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'Export shared cannot be deleted as it is in use by taker',
    });
    expect((await fixture.deploy('other', exporter('x'))).StackStatus).toBe('ROLLBACK_COMPLETE');
  });
});

describe('permissions', () => {
  const allow = (Action: string | string[], Resource = '*', Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
  const command = (name: string) =>
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify({ Resources: { P: parameter({ Name: '/p' }) } }),
      Tags: [{ Key: 'team', Value: 'a' }],
    });

  it('are asked for on the ARN of the stack', async () => {
    const fixture = stackFixture();
    fixture.addUser(
      'ops',
      policy(allow('cloudformation:*', 'arn:aws:cloudformation:*:*:stack/mine/*'), allow('ssm:*')),
    );
    const cfn = fixture.client(CloudFormationClient, { user: 'ops' });
    await cfn.send(command('mine'));
    await cfn.send(new DescribeStacksCommand({ StackName: 'mine' }));
    await expect(cfn.send(command('yours'))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        'is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:eu-west-1:111111111111:stack/yours/*',
      ),
    });
    const id = await fixture.create('yours', { Resources: { A: parameter({ Name: '/a' }) } });
    await expect(cfn.send(new DescribeStacksCommand({ StackName: 'yours' }))).rejects.toMatchObject(
      { message: expect.stringContaining(id) },
    );
    await expect(cfn.send(new DescribeStacksCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining('stack/*/*'),
    });
  });

  it('can depend on the tags of the request and of the stack', async () => {
    const fixture = stackFixture();
    fixture.addUser(
      'ops',
      policy(
        allow('cloudformation:CreateStack', '*', { StringEquals: { 'aws:RequestTag/team': 'b' } }),
        allow('cloudformation:DeleteStack', '*', { StringEquals: { 'aws:ResourceTag/team': 'a' } }),
      ),
    );
    const cfn = fixture.client(CloudFormationClient, { user: 'ops' });
    await expect(cfn.send(command('s'))).rejects.toMatchObject({ name: 'AccessDenied' });
    await fixture.cfn.send(command('s'));
    await fixture.create('t', { Resources: { A: widget() } });
    await expect(cfn.send(new DeleteStackCommand({ StackName: 't' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await cfn.send(new DeleteStackCommand({ StackName: 's' }));
  });

  it('make resources with the rights of the caller, as called via CloudFormation', async () => {
    const fixture = stackFixture();
    const via = { StringEquals: { 'aws:CalledViaFirst': 'cloudformation.amazonaws.com' } };
    fixture.addUser('weak', policy(allow('cloudformation:*')));
    fixture.addUser('strong', policy(allow('cloudformation:*'), allow('ssm:*', '*', via)));
    await fixture.client(CloudFormationClient, { user: 'weak' }).send(command('a'));
    await fixture.client(CloudFormationClient, { user: 'strong' }).send(command('b'));
    expect((await fixture.settle('a')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await fixture.settle('b')).StackStatus).toBe('CREATE_COMPLETE');
    expect(await fixture.events('a')).toContainEqual(
      expect.stringMatching(
        /^P CREATE_FAILED .*user\/weak is not authorized to perform: ssm:PutParameter .*HandlerErrorCode: AccessDenied/,
      ),
    );
  });
});
