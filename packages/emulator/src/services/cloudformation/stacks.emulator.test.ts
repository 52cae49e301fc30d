import { describe, expect, it } from '@jest/globals';
import {
  AlreadyExistsException,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  InsufficientCapabilitiesException,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
  paginateListStacks,
  type CreateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import {
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { stackFixture } from '../../../test/stack-fixture.ts';

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

const chain = {
  Parameters: { Prefix: { Type: 'String', Default: '/app' } },
  Resources: {
    Second: parameter({
      Name: { 'Fn::Sub': '${Prefix}/second' },
      Value: { 'Fn::Sub': '${First}|${First.Value}|${AWS::StackName}' },
    }),
    First: parameter({ Name: { 'Fn::Sub': '${Prefix}/first' }, Tags: { own: 'x' } }),
  },
  Outputs: { Out: { Value: { Ref: 'Second' }, Description: 'the second' } },
};

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

describe('what is refused before anything is made', () => {
  const R = parameter({});
  it.each<[string, object, string, Partial<CreateStackCommandInput>?]>([
    [
      'an unknown type',
      { Resources: { R, X: { Type: 'AWS::Foo::Bar' } } },
      'Template format error: Unrecognized resource types: [AWS::Foo::Bar]',
    ],
    [
      'a nested stack',
      { Resources: { X: { Type: 'AWS::CloudFormation::Stack' } } },
      'nested stacks are not modelled',
    ],
    [
      'a custom resource',
      { Resources: { X: { Type: 'Custom::Thing' } } },
      'custom resources (Custom::Thing) are not modelled',
    ],
    [
      'an unresolved Ref',
      { Resources: { R: parameter({ Value: { Ref: 'X' } }) } },
      'Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'an unresolved DependsOn',
      { Resources: { R: parameter({}, { DependsOn: 'X' }) } },
      'Unresolved resource dependencies [X] in the Resources block',
    ],
    [
      'an unresolved output',
      { Resources: { R }, Outputs: { O: { Value: { Ref: 'X' } } } },
      'Unresolved resource dependencies [X] in the Outputs block',
    ],
    [
      'an unknown attribute',
      { Resources: { R, S: parameter({ Value: { 'Fn::GetAtt': 'R.Arn' } }) } },
      'Template error: resource R does not support attribute type Arn in Fn::GetAtt',
    ],
    [
      'a circle',
      {
        Resources: { A: parameter({ Value: { Ref: 'B' } }), B: parameter({ Value: { Ref: 'A' } }) },
      },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'a resource in a condition',
      { Conditions: { C: { 'Fn::Equals': [{ Ref: 'R' }, ''] } }, Resources: { R } },
      'Unresolved dependencies [R]. Cannot reference resources in the Conditions block',
    ],
    [
      'an unknown condition',
      { Resources: { R: parameter({}, { Condition: 'C' }) } },
      'Unresolved condition dependency C in the Resources block',
    ],
    [
      'a resource that the conditions leave out',
      {
        Conditions: { No: { 'Fn::Equals': [1, 2] } },
        Resources: { R: parameter({}, { Condition: 'No' }), S: parameter({ Value: { Ref: 'R' } }) },
      },
      'Unresolved resource dependencies [R]',
    ],
    [
      'an unknown mapping key',
      {
        Mappings: { M: { a: { b: 'c' } } },
        Resources: { R: parameter({ Value: { 'Fn::FindInMap': ['M', 'a', 'x'] } }) },
      },
      'Unable to get mapping for M::a::x',
    ],
    [
      'a missing parameter',
      { Parameters: { P: { Type: 'String' } }, Resources: { R } },
      'Parameters: [P] must have values',
    ],
    [
      'a missing stored parameter',
      {
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } },
        Resources: { R },
      },
      'Unable to fetch parameters [/none] from parameter store for this account.',
    ],
    [
      'a missing dynamic reference',
      { Resources: { R: parameter({ Value: '{{resolve:ssm:/none}}' }) } },
      'Parameters: [ssm:/none] cannot be found.',
    ],
    [
      'an unknown export',
      { Resources: { R: parameter({ Value: { 'Fn::ImportValue': 'x' } }) } },
      'No export named x found.',
    ],
    [
      'a reserved tag',
      { Resources: { R } },
      'aws: prefixed tag key names are not allowed for external use.',
      { Tags: [{ Key: 'aws:x', Value: 'x' }] },
    ],
    [
      'two ways to fail',
      { Resources: { R } },
      'either DisableRollback or OnFailure, but not both',
      { OnFailure: 'DELETE', DisableRollback: true },
    ],
    [
      'a stack policy',
      { Resources: { R } },
      'the parameter StackPolicyBody is not modelled',
      { StackPolicyBody: '{}' },
    ],
    [
      'a time limit',
      { Resources: { R } },
      'the parameter TimeoutInMinutes is not modelled',
      { TimeoutInMinutes: 5 },
    ],
    [
      'notifications',
      { Resources: { R } },
      'the parameter NotificationARNs is not modelled',
      { NotificationARNs: ['arn:aws:sns:eu-west-1:111111111111:t'] },
    ],
    [
      'no template',
      { Resources: { R } },
      'Either Template URL or Template Body must be specified.',
      { TemplateBody: undefined },
    ],
    [
      'a template that is too long',
      { Resources: { R }, Metadata: { x: 'x'.repeat(51_200) } },
      'Member must have length less than or equal to 51200',
    ],
  ])('refuses %s', async (_, template, message, input = {}) => {
    const fixture = stackFixture();
    await expect(fixture.create('s', template, input)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    await expect(fixture.describe('s')).rejects.toThrow('does not exist');
  });

  it('wants an acknowledgement for types that give permissions', async () => {
    const fixture = stackFixture();
    const named = { Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } } } };
    const unnamed = { Resources: { R: { Type: 'AWS::IAM::Role' } } };
    await expect(fixture.create('s', unnamed)).rejects.toMatchObject({
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
    const refused = fixture.create('s', named, { Capabilities: ['CAPABILITY_IAM'] });
    await expect(refused).rejects.toBeInstanceOf(InsufficientCapabilitiesException);
    await expect(refused).rejects.toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]');
    await fixture.create('a', unnamed, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    await fixture.create('b', named, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
  });

  it('validates and sums up a template in YAML', async () => {
    const { cfn } = stackFixture();
    const TemplateBody = `
Description: hello
Parameters:
  Size: { Type: Number, Default: 3, AllowedValues: [3, 4] }
  Secret: { Type: String, NoEcho: true }
Resources:
  W: { Type: Test::Widget::Item, Properties: { Size: !Ref Size } }
  R: { Type: AWS::IAM::Role }
`;
    expect(await cfn.send(new ValidateTemplateCommand({ TemplateBody }))).toMatchObject({
      Description: 'hello',
      Parameters: [
        { ParameterKey: 'Size', DefaultValue: '3', NoEcho: false },
        { ParameterKey: 'Secret', NoEcho: true },
      ],
      Capabilities: ['CAPABILITY_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
    expect(await cfn.send(new GetTemplateSummaryCommand({ TemplateBody }))).toMatchObject({
      ResourceTypes: ['Test::Widget::Item', 'AWS::IAM::Role'],
      Parameters: [
        { ParameterType: 'Number', ParameterConstraints: { AllowedValues: ['3', '4'] } },
        { ParameterType: 'String' },
      ],
    });
  });
});

describe('parameters of a stack', () => {
  it('reads stored values, resolves dynamic references and hides what must not be echoed', async () => {
    const fixture = stackFixture();
    const ssm = fixture.client(SSMClient);
    await ssm.send(new PutParameterCommand({ Name: '/in', Value: 'stored', Type: 'String' }));
    const template = {
      Parameters: {
        Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/in' },
        Secret: { Type: 'String', NoEcho: true },
        List: { Type: 'CommaDelimitedList', Default: 'a, b' },
      },
      Conditions: { IsLong: { 'Fn::Equals': [{ 'Fn::Select': [1, { Ref: 'List' }] }, 'b'] } },
      Resources: {
        P: parameter({
          Name: '/out',
          Value: {
            'Fn::Join': [
              '|',
              [
                { Ref: 'Stored' },
                { Ref: 'Secret' },
                { 'Fn::Join': ['', { Ref: 'List' }] },
                '{{resolve:ssm:/in}}',
                { 'Fn::If': ['IsLong', { Ref: 'AWS::Region' }, { Ref: 'AWS::NoValue' }] },
              ],
            ],
          },
          Description: { 'Fn::If': ['IsLong', { Ref: 'AWS::NoValue' }, 'short'] },
        }),
      },
    };
    const stack = await fixture.deploy('s', template, {
      Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hush' }],
    });
    expect(stack.Parameters).toEqual([
      { ParameterKey: 'Stored', ParameterValue: '/in', ResolvedValue: 'stored' },
      { ParameterKey: 'Secret', ParameterValue: '****' },
      { ParameterKey: 'List', ParameterValue: 'a, b' },
    ]);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/out' }));
    expect(Parameter?.Value).toBe('stored|hush|ab|stored|eu-west-1');
    const { TemplateBody } = await fixture.cfn.send(new GetTemplateCommand({ StackName: 's' }));
    expect(TemplateBody).toBe(JSON.stringify(template));
  });
});

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
