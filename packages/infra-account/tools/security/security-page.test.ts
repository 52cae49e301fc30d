import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { infraLayer, workloadLayer } from '../templates/template-layer.ts';
import { securityPageFile, synthesizedInfraTemplate } from './files.ts';
import { readable, readableConditions, readableResource } from './readable.ts';
import { resourceRightsOf, rolesOf } from './rights.ts';
import { securitySections, withSections } from './security-page.ts';
import { table } from './table.ts';

const infraText = synthesizedInfraTemplate();
const page = readFileSync(securityPageFile, 'utf8');
const templates = [infraLayer.read(infraText), workloadLayer.read(infraText)];

describe('docs/security.md', () => {
  it('is what `pnpm security` makes of the templates', () => {
    expect(withSections(page, securitySections(infraText))).toBe(page);
  });

  it('names every role, and every resource whose policy lets somebody in', () => {
    for (const template of templates) {
      for (const { logicalId } of rolesOf(template)) expect(page).toContain(`#### ${logicalId}\n`);
      for (const { standsIn, effect } of resourceRightsOf(template))
        if (effect === 'Allow') expect(page).toContain(`\`${standsIn}\``);
    }
  });

  it('changes with the right of a role', () => {
    const more = infraText.replace('"dynamodb:GetItem"', '"dynamodb:GetItem","dynamodb:Scan"');
    expect(more).not.toBe(infraText);
    expect(withSections(page, securitySections(more))).not.toBe(page);
  });

  it('needs its markers', () => {
    expect(() => withSections('# Security', securitySections(infraText))).toThrow(
      'lacks "<!-- begin summary -->"',
    );
  });
});

describe('the templates', () => {
  it('let another account in by the two ways that the page describes', () => {
    const outsiders = [
      ...templates.flatMap(resourceRightsOf),
      ...templates.flatMap(rolesOf).flatMap(({ trust }) => trust),
    ]
      .filter(({ effect, who }) => effect === 'Allow' && who.some((one) => !one.startsWith('`')))
      .map(({ standsIn, who, conditions }) => ({
        standsIn,
        who,
        conditions: conditions.toSorted(),
      }));
    expect(outsiders).toEqual([
      { standsIn: 'TopicsKey', who: ['IAM of this account'], conditions: [] },
      {
        standsIn: 'TopicsKey',
        who: ['everybody'],
        conditions: [
          expect.stringContaining('`aws:PrincipalArn` is `arn:aws:iam::<AWS::AccountId>:role/'),
          '`kms:CallerAccount` is `<AWS::AccountId>`',
        ],
      },
      {
        standsIn: 'InfraBusPolicy',
        who: ['everybody'],
        conditions: [
          '`aws:PrincipalOrgID` is `<AWSOrgID>`',
          '`events:detail-type` is `Golden Image Rolled Back Late`',
          '`events:source` are only `golden.<EnvironmentName>`',
          '`events:source` is present',
        ],
      },
      {
        standsIn: 'InvokerRole',
        who: ['the account `<InfraAccount>`'],
        conditions: [
          '`aws:PrincipalArn` is `<ReachAccountRoleArn>`',
          '`aws:PrincipalOrgID` is `<AWSOrgID>`',
        ],
      },
    ]);
  });

  it('give only reach-account a role of another account, and the invoker role one function', () => {
    const holders = templates
      .flatMap(rolesOf)
      .flatMap(({ logicalId, rights }) => rights.map((right) => ({ logicalId, right })));
    const assuming = holders.filter(({ right }) =>
      right.actions.some((action) => /^(sts:|\*)/.test(action)),
    );
    expect(assuming.map(({ logicalId }) => logicalId)).toEqual([
      'ReachAccountHandlerExecutionRole',
    ]);
    const invoker = holders.filter(({ logicalId }) => logicalId === 'InvokerRole');
    expect(invoker.map(({ right }) => [right.actions, right.resources])).toEqual([
      [
        ['lambda:InvokeFunction'],
        ['lambda:*:<AWS::AccountId>:function:golden-<EnvironmentName>-handler'],
      ],
    ]);
  });

  it('encrypt what the page says is encrypted', () => {
    const [infra] = templates;
    const propertiesOf = (type: string) =>
      Object.values(infra?.Resources ?? {})
        .filter(({ Type }) => Type === type)
        .map(({ Properties }) => Properties);
    const queues = propertiesOf('AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThan(0);
    for (const queue of queues)
      expect(queue).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1_209_600,
      });
    for (const topic of propertiesOf('AWS::SNS::Topic'))
      expect(topic).toMatchObject({ KmsMasterKeyId: { 'Fn::GetAtt': ['TopicsKey', 'Arn'] } });
    expect(propertiesOf('AWS::KMS::Key')).toMatchObject([{ EnableKeyRotation: true }]);
    expect(propertiesOf('AWS::DynamoDB::Table')).toMatchObject([
      {
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(propertiesOf('AWS::S3::Bucket')).toMatchObject([
      {
        PublicAccessBlockConfiguration: { RestrictPublicBuckets: true, BlockPublicPolicy: true },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    ]);
    expect(propertiesOf('AWS::ImageBuilder::InfrastructureConfiguration')).toMatchObject([
      { InstanceMetadataOptions: { HttpTokens: 'required' } },
    ]);
  });
});

describe('readable', () => {
  it.each<[unknown, string]>([
    [{ Ref: 'Name' }, '<Name>'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, '<Queue>'],
    [{ 'Fn::Sub': 'a/${Name}/${Queue.Arn}' }, 'a/<Name>/<Queue>'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }]] }, 'a-aws'],
    [{ 'Fn::If': ['Given', { Ref: 'A' }, { Ref: 'B' }] }, '<A or B>'],
    [{ 'Fn::If': ['Given', 'x', { Ref: 'AWS::NoValue' }] }, 'x'],
    ['${Log.Arn}', '<Log>'],
    ['${aws:username}', '${aws:username}'],
  ])('says %j as %s', (expression, text) => {
    expect(readable(expression)).toBe(text);
  });

  it('refuses a function that it has no words for', () => {
    expect(() => readable({ 'Fn::Cidr': ['10.0.0.0/8', 1] })).toThrow('no words for {"Fn::Cidr"');
  });

  it.each([
    ['arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:q', 'sqs:q'],
    ['arn:aws:iam::*:role/r', 'iam::*:role/r'],
    ['arn:aws:s3:::b/*', 's3:b/*'],
    ['arn:aws:kms:${AWS::Region}:${Other}:key/*', 'kms:<AWS::Region>:<Other>:key/*'],
    ['*', '*'],
  ])('says the resource %s as %s', (arn, text) => {
    expect(readableResource({ 'Fn::Sub': arn })).toBe(text);
  });

  it('says of a condition when the stack has it', () => {
    const choice = {
      'Fn::If': ['Given', { Ref: 'AWS::NoValue' }, { StringEquals: { 'aws:a': 'b' } }],
    };
    expect(readableConditions(choice)).toEqual(['`aws:a` is `b` (without `Given`)']);
  });
});

it('makes no table of a cell that would end early', () => {
  expect(() => table(['a'], [['x | y']])).toThrow('"x | y" cannot be a cell');
});
