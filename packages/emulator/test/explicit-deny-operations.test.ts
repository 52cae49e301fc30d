import { expect, it } from '@jest/globals';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateRoleCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  EncryptCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { services } from '../src/emulator.ts';
import { makeZip } from '../src/services/lambda/zip.ts';
import type { Shape } from '../src/wire/shape.ts';
import { AwsError } from '../src/world/aws-error.ts';
import { Call } from '../src/world/call.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';
import { generateValue } from './generate-value.ts';

/** What no deny stops before it begins. */
const exceptions: Readonly<Record<string, string>> = {
  // The grant itself says who may; the key policy is asked for everybody else.
  'kms:RetireGrant': 'asks for no right',
  // Each key is judged by itself, and its refusal stands in the answer.
  's3:DeleteObjects': 'asks for no right',
  // The handle names the queue, so there is nothing to judge without a task.
  'sqs:CancelMessageMoveTask': 'says before: ResourceNotFoundException',
  // STS API Reference: no permissions are required, an explicit deny does not stop it.
  'sts:GetCallerIdentity': 'asks for no right',
  'sts:GetSessionToken': 'asks for no right',
};

type Values = Readonly<Record<string, unknown>>;

/** What exists, by service or operation and member, for the services that look it up before they judge. */
async function existingThings({ client, spread }: AccountFixture): Promise<Record<string, Values>> {
  const { Role } = await client(IAMClient).send(
    new CreateRoleCommand({
      RoleName: 'worker',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com', AWS: '111111111111' },
          Action: 'sts:AssumeRole',
        },
      }),
    }),
  );
  await spread();
  await client(S3Client).send(new CreateBucketCommand({ Bucket: 'things' }));
  const { QueueUrl } = await client(SQSClient).send(new CreateQueueCommand({ QueueName: 'q' }));
  const { TopicArn } = await client(SNSClient).send(new CreateTopicCommand({ Name: 't' }));
  const { KeyMetadata } = await client(KMSClient).send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId;
  await client(KMSClient).send(
    new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }),
  );
  const { CiphertextBlob } = await client(KMSClient).send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('text') }),
  );
  const made = await client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Role: Role?.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: makeZip({ 'index.js': 'exports.handler = () => 1;' }) },
    }),
  );
  return {
    'dynamodb:BatchGetItem': { RequestItems: { table: { Keys: [{ id: { S: '1' } }] } } },
    'dynamodb:BatchWriteItem': {
      RequestItems: { table: [{ DeleteRequest: { Key: { id: { S: '1' } } } }] },
    },
    'events:CreateEventBus': { Name: 'bus' },
    'events:DeleteEventBus': { Name: 'bus' },
    events: { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }], EventBusName: 'default' },
    kms: {
      KeyId,
      TargetKeyId: KeyId,
      DestinationKeyId: KeyId,
      AliasName: 'alias/a',
      CiphertextBlob,
    },
    lambda: { FunctionName: 'f', Resource: made.FunctionArn },
    s3: { Bucket: 'things', CopySource: 'things/key' },
    sns: { TopicArn, ResourceArn: TopicArn },
    sqs: { QueueUrl, QueueName: 'q', SourceArn: 'arn:aws:sqs:eu-west-1:111111111111:q' },
    sts: { RoleArn: Role?.Arn, RoleSessionName: 'one' },
  };
}

/** The required members of an input, and those of the existing things that it has. */
function leastInput(shape: Shape, path: string, things: Values): unknown {
  if (shape.kind !== 'structure') return {};
  return Object.fromEntries(
    shape.members.flatMap(({ name, required, shape: member }) => {
      if (name in things) return [[name, things[name]]];
      return required ? [[name, generateValue(member, `${path}.${name}`)]] : [];
    }),
  );
}

/** How an operation takes an input: refused by a deny, or otherwise. */
function judge(
  world: AccountFixture['world'],
  call: Call,
  service: ServiceDefinition,
  input: unknown,
) {
  try {
    const wanted = service.operations[call.operationName]?.authorize(input as never, call) ?? [];
    const checks = 'action' in wanted ? [wanted] : wanted;
    if (checks.length === 0) return 'asks for no right';
    const decisions = checks.map((check) => world.authorizer.decide(call, check));
    return decisions.every((decision) => !decision.allowed && decision.explicitDeny)
      ? 'refused by a deny'
      : 'let through';
  } catch (error) {
    if (error instanceof AwsError) return `says before: ${error.code}`;
    throw error;
  }
}

it('lets a deny of everything stop each operation of each service', async () => {
  const fixture = accountFixture(services);
  const { world, account, client, spread } = fixture;
  const things = await existingThings(fixture);
  const inputs = services.flatMap((service) =>
    Object.keys(service.operations).map((name) => {
      const model = service.model.operations.get(name);
      if (!model) throw new Error(`${service.name} models no ${name}`);
      const path = `${service.name}:${name}`;
      return {
        service,
        name,
        path,
        input: leastInput(model.input, path, { ...things[service.name], ...things[path] }),
      };
    }),
  );
  await client(IAMClient).send(
    new PutUserPolicyCommand({
      UserName: 'admin',
      PolicyName: 'stop',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', Action: '*', Resource: '*' },
      }),
    }),
  );
  await spread();
  const outcomes = inputs.map(({ service, name, path, input }) => {
    const call = new Call({
      world,
      account: account.id,
      region: 'eu-west-1',
      service: service.name,
      caller: account.admin,
      requestId: 'request-1',
      operationName: name,
      via: [],
    });
    return [path, judge(world, call, service, input)] as const;
  });
  expect(outcomes.filter(([, outcome]) => outcome !== 'refused by a deny')).toEqual(
    Object.entries(exceptions),
  );
  expect(outcomes.length).toBeGreaterThan(500);
});
