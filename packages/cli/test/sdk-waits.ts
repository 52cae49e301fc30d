import {
  CloudFormationClient,
  CreateStackCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  CreateImageCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, waitUntilRoleExists } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client, waitUntilBucketExists } from '@aws-sdk/client-s3';
import { makeZip } from '@golden/emulator';
import type { Connect } from './look-around.ts';

/** Real seconds. */
const patience = { maxWaitTime: 60, minDelay: 0.2, maxDelay: 0.2 };

const template = (...topics: readonly string[]): string =>
  JSON.stringify({
    Resources: Object.fromEntries(topics.map((name) => [name, { Type: 'AWS::SNS::Topic' }])),
  });

/**
 * Begins things and waits for them with the SDK's waiters.
 *
 * @throws Error when one of them does not come about
 */
export async function sdkWaits(
  connect: Connect,
  from: { readonly image: string; readonly subnet: string },
): Promise<{ stack: (string | undefined)[]; failed: string; said: string }> {
  const [stack, failed, said] = await Promise.all([
    stackWaits(connect(CloudFormationClient)),
    failingStack(connect(CloudFormationClient)),
    functionWaits(connect),
    instanceWaits(connect(EC2Client), from),
    bucketWaits(connect(S3Client)),
  ]);
  return { stack, failed, said };
}

async function stackWaits(client: CloudFormationClient): Promise<(string | undefined)[]> {
  const StackName = 'sdk-good';
  await client.send(new CreateStackCommand({ StackName, TemplateBody: template('One') }));
  await waitUntilStackCreateComplete({ client, ...patience }, { StackName });
  await client.send(new UpdateStackCommand({ StackName, TemplateBody: template('One', 'Two') }));
  await waitUntilStackUpdateComplete({ client, ...patience }, { StackName });
  const { StackResourceSummaries = [] } = await client.send(
    new ListStackResourcesCommand({ StackName }),
  );
  return StackResourceSummaries.map(({ LogicalResourceId }) => LogicalResourceId);
}

/** A stack that cannot be made; what the waiter says of it. */
async function failingStack(client: CloudFormationClient): Promise<string> {
  const StackName = 'sdk-bad';
  const wrong = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'no topic name' } };
  await client.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources: { wrong } }) }),
  );
  return waitUntilStackCreateComplete({ client, ...patience }, { StackName }).then(
    () => 'no error',
    (error: unknown) => /ROLLBACK_COMPLETE/.exec(String(error))?.[0] ?? String(error),
  );
}

async function functionWaits(connect: Connect): Promise<string> {
  const iam = connect(IAMClient);
  const client = connect(LambdaClient);
  const RoleName = 'sdk-function';
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      }),
    }),
  );
  await waitUntilRoleExists({ client: iam, ...patience }, { RoleName });
  const FunctionName = 'sdk-function';
  const code = 'exports.handler = async ({ name }) => `hello ${name}`;';
  await untilRoleCounts(() =>
    client.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: Role?.Arn,
        Code: { ZipFile: makeZip({ 'index.js': code }) },
      }),
    ),
  );
  await waitUntilFunctionActiveV2({ client, ...patience }, { FunctionName });
  const { Payload } = await client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ name: 'SDK' }) }),
  );
  return new TextDecoder().decode(Payload);
}

/** A role that was just made cannot be assumed for some seconds; everybody tries again. */
async function untilRoleCounts<T>(run: () => Promise<T>): Promise<T> {
  const attemptsMax = 50;
  for (let attempt = 1; ; attempt++)
    try {
      return await run();
    } catch (error) {
      const isEarly = error instanceof Error && error.name === 'InvalidParameterValueException';
      if (!isEarly || attempt === attemptsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

async function instanceWaits(
  client: EC2Client,
  from: { readonly image: string; readonly subnet: string },
): Promise<void> {
  const { Instances = [] } = await client.send(
    new RunInstancesCommand({
      ImageId: from.image,
      SubnetId: from.subnet,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const InstanceId = Instances[0]?.InstanceId ?? '';
  await waitUntilInstanceRunning({ client, ...patience }, { InstanceIds: [InstanceId] });
  const { ImageId = '' } = await client.send(
    new CreateImageCommand({ InstanceId, Name: 'made with the SDK' }),
  );
  await waitUntilImageAvailable({ client, ...patience }, { ImageIds: [ImageId] });
  await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await waitUntilInstanceTerminated({ client, ...patience }, { InstanceIds: [InstanceId] });
}

async function bucketWaits(client: S3Client): Promise<void> {
  const Bucket = 'waited-for-by-the-sdk';
  await client.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  await waitUntilBucketExists({ client, ...patience }, { Bucket });
}
