import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { alarmSentences, runbook, type AlarmName } from './alarms.ts';
import { bundleHandler } from './bundle-handler.ts';
import { InfraAccountStack } from './infra-account-stack.ts';
import { starReasons } from './star-reasons.ts';
import { synthTemplate, templateText } from './synth-template.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly unknown[];
  readonly Condition?: unknown;
}

const synth = () =>
  synthTemplate(
    (app) => new InfraAccountStack(app, 'infra-account', { handlerCode: bundleHandler }),
  );
const template = synth();
const text = templateText(template);
const resources = template.Resources as unknown as Record<string, Resource>;

const ofType = (type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);
const theOnly = (type: string): Resource => {
  const [first, ...others] = ofType(type);
  if (first === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return first[1];
};

/** Every statement of every policy in the template, wherever it stands. */
const statements = (function collect(node: unknown): Statement[] {
  if (Array.isArray(node)) return node.flatMap(collect);
  if (typeof node !== 'object' || node === null) return [];
  const found = 'Effect' in node && 'Action' in node ? [node as Statement] : [];
  return [...found, ...Object.values(node).flatMap(collect)];
})(resources);
const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

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
      expect(`${id} ${Type}`).not.toMatch(/Custom::|AWS::CloudFormation::/);
  });

  it('comes out the same from the same sources', () => {
    expect(templateText(synth())).toBe(text);
  });

  it('has the parts that it had when somebody last looked', () => {
    const withoutCode = JSON.parse(text, (key, value: unknown) =>
      key === 'ZipFile' ? '(bundle)' : value,
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

  it.each(['start-build', 'fan-out'] as const)(
    'bundles %s with nothing outside but the AWS SDK and Node itself',
    (name) => {
      const required = bundleHandler(name).matchAll(/require\("([^"]+)"\)/g);
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
      .filter(({ Effect, Resource }) => Effect === 'Allow' && list(Resource).includes('*'))
      .map(({ Sid }) => Sid);
    expect(new Set(forAll)).toEqual(new Set(Object.keys(starReasons)));
  });

  it('allow no whole service, except the key to its own account', () => {
    const wide = statements
      .filter(({ Effect, Action }) => Effect === 'Allow' && list(Action).some(isWholeService))
      .map(({ Sid }) => Sid);
    expect(wide).toEqual(['AdministerKeyByIam']);
  });

  it('use no managed policy', () => {
    expect(text).not.toMatch(/ManagedPolicyArns|:policy\//);
  });

  it('have names by which a statement can be found', () => {
    const policies = statements.filter(({ Action }) => Action !== 'sts:AssumeRole');
    for (const { Sid } of policies) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
  });

  it.each([
    ...ofType('AWS::S3::BucketPolicy'),
    ...ofType('AWS::SQS::QueuePolicy'),
    ...ofType('AWS::SNS::TopicPolicy'),
  ])('%s refuses everything that comes without TLS', (_id, { Properties }) => {
    const { Statement } = Properties['PolicyDocument'] as { Statement: Statement[] };
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
      ({ Effect, Action }) => Effect === 'Allow' && list(Action).includes('sqs:SendMessage'),
    );
    for (const statement of services.filter((one) => 'Principal' in one))
      expect(statement.Condition).toMatchObject({
        ArnEquals: { 'aws:SourceArn': expect.anything() },
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
    for (const [id] of [...ofType('AWS::Lambda::Function'), ...ofType('AWS::SQS::Queue')])
      expect(watched).toContain(`"${id}"`);
  });
});
