import { Aws, CfnDeletionPolicy, Fn } from 'aws-cdk-lib';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import {
  allow,
  denyInsecureTransport,
  policyDocument,
  type Statement,
} from '@golden/constructs/policy.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { type InfraParameters } from './parameters.ts';

const encrypt = ['kms:GenerateDataKey*', 'kms:Decrypt'];

/** The role in whose name Image Builder publishes; it exists from the first build of an account on. */
const imageBuilderRoleArn = Fn.join('', [
  'arn:',
  Aws.PARTITION,
  ':iam::',
  Aws.ACCOUNT_ID,
  ':role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder',
]);

/**
 * Two topics under one customer key: `images` (Image Builder -> fan-out) and `notices` (handlers and alarms -> people).
 *
 * A customer key, because Image Builder cannot publish to a topic under the key of AWS.
 */
export class Topics extends Construct {
  readonly imagesArn: string;
  readonly noticesArn: string;
  private readonly keyArn: string;

  constructor(scope: Construct, id: string, parameters: InfraParameters) {
    super(scope, id);
    const key = new CfnKey(this, 'Key', {
      description: Fn.join('', [
        'Topics of the golden image line ',
        parameters.environmentName.valueAsString,
      ]),
      enableKeyRotation: true,
      keyPolicy: policyDocument(keyStatements()),
    });
    key.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    key.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.keyArn = key.attrArn;

    this.imagesArn = this.encryptedTopic('Images', []);
    this.noticesArn = this.encryptedTopic('Notices', [
      {
        sid: 'AlarmsPublish',
        service: 'cloudwatch.amazonaws.com',
        source: `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*`,
      },
    ]);
    const email = new CfnSubscription(this, 'NoticesEmail', {
      topicArn: this.noticesArn,
      protocol: 'email',
      endpoint: parameters.notificationEmail.valueAsString,
    });
    email.cfnOptions.condition = parameters.conditions.hasNotificationEmail;
  }

  /** What a handler needs to publish a notice to the encrypted topic. */
  publishNotices(): Statement[] {
    return [
      allow({ sid: 'PublishNotices', actions: ['sns:Publish'], resources: [this.noticesArn] }),
      allow({
        sid: 'EncryptNotices',
        actions: encrypt,
        resources: [this.keyArn],
        wildcardReason: 'SNS documents kms:GenerateDataKey* for publishers; it is one key.',
      }),
    ];
  }

  private encryptedTopic(
    id: string,
    publishers: readonly { sid: string; service: string; source: string }[],
  ): string {
    const topic = new CfnTopic(this, id, { kmsMasterKeyId: this.keyArn });
    new CfnTopicPolicy(this, `${id}Policy`, {
      topics: [topic.ref],
      policyDocument: policyDocument([
        denyInsecureTransport({ actions: ['sns:Publish'], resources: [topic.ref] }),
        ...publishers.map(({ sid, service, source }) =>
          allow({
            sid,
            principal: { Service: service },
            actions: ['sns:Publish'],
            resources: [topic.ref],
            conditions: {
              StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
              ArnLike: { 'aws:SourceArn': source },
            },
          }),
        ),
      ]),
    });
    return topic.ref;
  }
}

const keyStatements = (): Statement[] => [
  allowEverywhere({
    sid: 'AdministerKeyByIam',
    principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
    actions: ['kms:*'],
  }),
  allowEverywhere({
    sid: 'ImageBuilderEncrypts',
    principal: { AWS: '*' },
    actions: encrypt,
    conditions: {
      StringEquals: { 'kms:CallerAccount': Aws.ACCOUNT_ID },
      ArnEquals: { 'aws:PrincipalArn': imageBuilderRoleArn },
    },
  }),
  allowEverywhere({
    sid: 'AlarmsEncryptNotices',
    principal: { Service: 'cloudwatch.amazonaws.com' },
    actions: encrypt,
  }),
];
