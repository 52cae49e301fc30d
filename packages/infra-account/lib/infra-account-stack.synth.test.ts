import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { synthTemplate, templateText } from '@golden/constructs/synth-template.ts';
import { listed, type TemplateStatement, viewTemplate } from '@golden/constructs/template-view.ts';

import { alarmSentences, runbook, type AlarmName } from './alarms.ts';
import { handlerCode, handlerNames } from './handler-code.ts';
import { InfraAccountStack } from './infra-account-stack.ts';
import { handlerConstructId, stepTimeoutSeconds } from './invoke-task.ts';
import { starReasons } from './star-reasons.ts';
import { readWorkloadTemplate } from './workload-template.ts';

const workloadTemplate = readWorkloadTemplate();
const synth = () =>
  synthTemplate(
    (app) => new InfraAccountStack(app, 'infra-account', { handlerCode, workloadTemplate }),
  );
const template = synth();
const text = templateText(template);
const { resources, ofType, theOnly, statements } = viewTemplate(template);

describe('the infra template', () => {
  it('can be uploaded as it is: at most 1 MB of ASCII that ends with a newline', () => {
    // CloudFormation's limit for a template in S3.
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
    expect(text).toMatch(/^[\x20-\x7e\n]*\n$/);
    expect(text).not.toContain('{{resolve:');
  });

  it('needs nothing but itself: no bootstrap, asset, custom resource, transform or nested stack', () => {
    expect(Object.keys(template).sort()).toEqual([
      'Conditions',
      'Description',
      'Metadata',
      'Outputs',
      'Parameters',
      'Resources',
    ]);
    expect(template['Parameters']).not.toHaveProperty('BootstrapVersion');
    expect(text).not.toMatch(/cdk-hnb|aws:cdk|AWS::CDK|assets?\//i);
    for (const [id, { Type }] of Object.entries(resources))
      expect(`${id} ${Type}`).not.toMatch(/Custom::|AWS::CloudFormation::(?!StackSet$)/);
  });

  it('comes out the same from the same sources', () => {
    expect(templateText(synth())).toBe(text);
  });

  it('has the parts that it had when somebody last looked', () => {
    const made = ['ZipFile', 'TemplateBody', 'DashboardBody', 'DefinitionString'];
    const withoutCode = JSON.parse(text, (key, value: unknown) =>
      made.includes(key) ? '(made by synth)' : value,
    ) as unknown;
    expect(withoutCode).toMatchSnapshot();
  });

  const version = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' });
  const whereCfnLintIs = version.status === 0 ? it : it.skip;
  whereCfnLintIs('draws no word from cfn-lint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    try {
      const file = join(folder, 'infra-account.template.json');
      writeFileSync(file, text);
      const { stdout, stderr } = spawnSync('cfn-lint', [file], { encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the functions of the infra template', () => {
  it.each(ofType('AWS::Lambda::Function'))(
    '%s runs on nodejs24.x and arm64 and logs JSON to its own group',
    (_id, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
      const { LogGroup } = Properties['LoggingConfig'] as { LogGroup: { Ref: string } };
      expect(resources[LogGroup.Ref]?.Properties).toEqual({
        RetentionInDays: { Ref: 'LogRetentionDays' },
      });
    },
  );

  it.each(handlerNames)(
    'bundles %s with nothing outside but the AWS SDK and Node itself',
    (name) => {
      const required = handlerCode(name).matchAll(/require\('([^']+)'\)/g);
      for (const [, module] of required) expect(module).toMatch(/^(@aws-sdk\/client-|node:)/);
    },
  );

  it('tell a handler only of Regions that are used', () => {
    const { Environment } = resources['StartBuildHandlerFunction']?.Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables['DISTRIBUTION_REGIONS']).toEqual({
      'Fn::Join': [
        '',
        [
          { Ref: 'AWS::Region' },
          ...['2', '3', '4'].map((number) => ({
            'Fn::If': [
              `UsesRegion${number}`,
              { 'Fn::Join': ['', [',', { Ref: `Region${number}` }]] },
              '',
            ],
          })),
        ],
      ],
    });
  });
});

describe('the policies of the infra template', () => {
  it('say why, wherever a statement is for all resources', () => {
    const forAll = statements
      .filter(({ Effect, Resource }) => Effect === 'Allow' && listed(Resource).includes('*'))
      .map(({ Sid }) => Sid);
    expect(new Set(forAll)).toEqual(new Set(Object.keys(starReasons)));
  });

  it('allow no whole service, except the key to its own account', () => {
    const wide = statements
      .filter(({ Effect, Action }) => Effect === 'Allow' && listed(Action).some(isWholeService))
      .map(({ Sid }) => Sid);
    expect(wide).toEqual(['AdministerKeyByIam']);
  });

  it('use no managed policy', () => {
    expect(text).not.toMatch(/ManagedPolicyArns|:policy\//);
  });

  it('have names by which a statement can be found', () => {
    // The Sid of a bus's statement is a property beside it.
    const { Statement, StatementId } = theOnly('AWS::Events::EventBusPolicy').Properties;
    const policies = statements.filter(
      (statement) => statement.Action !== 'sts:AssumeRole' && statement !== Statement,
    );
    for (const { Sid } of [...policies, { Sid: StatementId }])
      expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
  });

  it.each([
    ...ofType('AWS::S3::BucketPolicy'),
    ...ofType('AWS::SQS::QueuePolicy'),
    ...ofType('AWS::SNS::TopicPolicy'),
  ])('%s refuses everything that comes without TLS', (_id, { Properties }) => {
    const { Statement } = Properties['PolicyDocument'] as { Statement: TemplateStatement[] };
    expect(Statement[0]).toMatchObject({
      Sid: 'DenyInsecureTransport',
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('cover every queue and topic, and the bucket', () => {
    expect(ofType('AWS::SQS::QueuePolicy')).toHaveLength(ofType('AWS::SQS::Queue').length);
    expect(ofType('AWS::SNS::TopicPolicy')).toHaveLength(ofType('AWS::SNS::Topic').length);
    expect(ofType('AWS::S3::BucketPolicy')).toHaveLength(ofType('AWS::S3::Bucket').length);
  });
});

const isWholeService = (action: string): boolean => action === '*' || action.endsWith(':*');

describe('the resources of the infra template that outlive it', () => {
  it('are what holds state or is referred to by finished images', () => {
    const kept = Object.entries(resources)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'RetainExceptOnCreate')
      .map(([id]) => id);
    expect(kept).toEqual([
      'TopicsKey',
      'StateTable',
      'PayloadBucket',
      'PayloadBucketPolicy',
      'ApplyPayloadComponent',
    ]);
    for (const id of kept) expect(resources[id]?.UpdateReplacePolicy).toBe('Retain');
  });

  it('have no fixed name that would block the next stack of the line', () => {
    expect(resources['StateTable']?.Properties).not.toHaveProperty('TableName');
    expect(resources['PayloadBucket']?.Properties['BucketName']).toEqual({
      'Fn::If': ['NamesBucket', { Ref: 'BucketName' }, { Ref: 'AWS::NoValue' }],
    });
    expect(JSON.stringify(resources['ApplyPayloadComponent']?.Properties['Name'])).toContain(
      'AWS::StackId',
    );
  });
});

describe('the image pipeline of the infra template', () => {
  it('names recipes by a wildcard that resolves from the start', () => {
    const { Properties, DependsOn } = theOnly('AWS::ImageBuilder::ImagePipeline');
    expect(JSON.stringify(Properties['ImageRecipeArn'])).toMatch(
      /:image-recipe\/",\{"Ref":"EnvironmentName"\},"\/1\.0\.x"\]\]\}$/,
    );
    expect(DependsOn).toEqual(['ImageFirstRecipe']);
  });

  it('has a first recipe that no update can ever replace', () => {
    expect(theOnly('AWS::ImageBuilder::ImageRecipe').Properties).toEqual({
      Name: { Ref: 'EnvironmentName' },
      Version: '1.0.0',
      ParentImage: 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    });
  });

  it('builds on instances that ask for a token and end with a failure', () => {
    expect(theOnly('AWS::ImageBuilder::InfrastructureConfiguration').Properties).toMatchObject({
      InstanceMetadataOptions: { HttpTokens: 'required' },
      TerminateInstanceOnFailure: true,
      SnsTopicArn: { Ref: 'TopicsImages' },
    });
  });

  it('encrypts copies with the replica of their own Region', () => {
    const { Distributions } = theOnly('AWS::ImageBuilder::DistributionConfiguration')
      .Properties as { Distributions: unknown[] };
    expect(Distributions).toHaveLength(4);
    expect(JSON.stringify(Distributions[0])).not.toContain('KmsKeyId');
    expect(JSON.stringify(Distributions[1])).toContain(
      '":kms:",{"Ref":"Region2"},":",{"Ref":"AWS::AccountId"},":key/",{"Ref":"AmiKmsKeyId"}',
    );
  });
});

describe('the queues of the infra template', () => {
  it('hold a payload back for six times what the function may take', () => {
    const seconds = resources['StartBuildHandlerFunction']?.Properties['Timeout'];
    expect(resources['PayloadsQueue']?.Properties).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: true,
      VisibilityTimeout: 6 * Number(seconds),
    });
  });

  it.each(ofType('AWS::SQS::Queue'))('%s is encrypted', (_id, { Properties }) => {
    expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });

  it('are written by rules and topics of this stack only', () => {
    const services = statements.filter(
      ({ Effect, Action }) => Effect === 'Allow' && listed(Action).includes('sqs:SendMessage'),
    );
    for (const statement of services.filter((one) => 'Principal' in one))
      expect(statement.Condition).toMatchObject({
        ArnEquals: { 'aws:SourceArn': expect.anything() },
      });
  });
});

describe('the way of the infra template into workload accounts', () => {
  it('is one role name in accounts of the organization', () => {
    const sids = statements.filter(({ Action }) => listed(Action).includes('sts:AssumeRole'));
    const [assume, ...others] = sids.filter(({ Principal }) => Principal === undefined);
    expect(others).toEqual([]);
    expect(assume).toMatchObject({
      Sid: 'AssumeInvokerRoles',
      Condition: { StringEquals: { 'aws:ResourceOrgID': { Ref: 'AWSOrgID' } } },
    });
    expect(JSON.stringify(assume?.Resource)).toContain(
      '":iam::*:role/golden-",{"Ref":"EnvironmentName"},"-invoker"',
    );
  });

  it('leaves the handler there time to answer', () => {
    const { Resources } = JSON.parse(workloadTemplate) as {
      Resources: { WorkloadHandlerFunction: { Properties: { Timeout: number } } };
    };
    expect(resources['ReachAccountHandlerFunction']?.Properties['Timeout']).toBeGreaterThan(
      Resources.WorkloadHandlerFunction.Properties.Timeout,
    );
  });
});

describe('the StackSet of the infra template', () => {
  const { Condition, Properties } = theOnly('AWS::CloudFormation::StackSet');

  it('is there when units are named', () => {
    expect(Condition).toBe('HasWorkloadUnits');
    expect(template['Conditions']).toMatchObject({
      HasWorkloadUnits: {
        'Fn::Not': [
          { 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'WorkloadOrganizationalUnitIds' }] }, ''] },
        ],
      },
    });
  });

  it('carries the workload template as it was synthesized', () => {
    expect(Properties['TemplateBody']).toBe(workloadTemplate);
  });

  it('gives parameters that the workload template has, and all that have no default', () => {
    const { Parameters } = JSON.parse(workloadTemplate) as {
      Parameters: Record<string, { Default?: unknown }>;
    };
    const given = (Properties['Parameters'] as { ParameterKey: string }[]).map(
      ({ ParameterKey }) => ParameterKey,
    );
    expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(given));
    const needed = Object.keys(Parameters).filter((name) => !('Default' in Parameters[name]!));
    expect(given).toEqual(expect.arrayContaining(needed));
  });

  it('reaches the home Region always and the other ones where they are used', () => {
    expect(Properties['StackInstancesGroup']).toEqual([
      {
        DeploymentTargets: { OrganizationalUnitIds: { Ref: 'WorkloadOrganizationalUnitIds' } },
        Regions: [
          { Ref: 'AWS::Region' },
          ...['2', '3', '4'].map((number) => ({
            'Fn::If': [`UsesRegion${number}`, { Ref: `Region${number}` }, { Ref: 'AWS::NoValue' }],
          })),
        ],
      },
    ]);
  });

  it('lets no account hold up or undo another one', () => {
    expect(Properties).toMatchObject({
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'DELEGATED_ADMIN',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      ManagedExecution: { Active: true },
      OperationPreferences: {
        FailureTolerancePercentage: 100,
        MaxConcurrentPercentage: 100,
        ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
        RegionConcurrencyType: 'PARALLEL',
      },
    });
  });
});

describe('the alarms of the infra template', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

  it('are those that have a sentence and a runbook', () => {
    const names = Object.keys(alarmSentences) as AlarmName[];
    expect(alarms.map((alarm) => alarm['AlarmDescription'])).toEqual(
      names.map((name) => `${alarmSentences[name]} Runbook: ${runbook(name)}`),
    );
  });

  it('tell people, and take silence for health', () => {
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmActions: [{ Ref: 'TopicsNotices' }],
        TreatMissingData: 'notBreaching',
      });
  });

  it('look at every function and every queue', () => {
    const watched = JSON.stringify(alarms);
    // What these cannot do for good ends the rollout in Finish, as the definition's own tests say.
    const {
      'steer-target': _steer,
      'reach-account': _reach,
      'finish-rollout': _finish,
      ...throughTheMachine
    } = stepTimeoutSeconds;
    const watchedOtherwise = new Set(
      Object.keys(throughTheMachine).map((name) => `${handlerConstructId(name)}HandlerFunction`),
    );
    const functions = ofType('AWS::Lambda::Function').filter(([id]) => !watchedOtherwise.has(id));
    expect(functions.length).toBe(handlerNames.length - watchedOtherwise.size);
    for (const [id] of [...functions, ...ofType('AWS::SQS::Queue')])
      expect(watched).toContain(`"${id}"`);
    for (const metric of ['ExecutionsFailed', 'ExecutionsAborted', 'ExecutionsTimedOut'])
      expect(alarms).toContainEqual(
        expect.objectContaining({
          Namespace: 'AWS/States',
          MetricName: metric,
          Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: 'RolloutMachineStateMachine' } }],
        }),
      );
  });

  it('have runbooks that exist', () => {
    for (const name of Object.keys(alarmSentences) as AlarmName[])
      expect({
        name,
        exists: existsSync(new URL(`../../../${runbook(name)}`, import.meta.url)),
      }).toEqual({ name, exists: true });
  });
});
