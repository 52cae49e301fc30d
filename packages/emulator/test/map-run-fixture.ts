import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  SFNClient,
  StartExecutionCommand,
  paginateListExecutions,
  paginateListMapRuns,
  type DescribeExecutionCommandOutput,
  type DescribeMapRunCommandOutput,
  type ExecutionListItem,
  type MapRunListItem,
} from '@aws-sdk/client-sfn';
import { iam } from '../src/services/iam/operations.ts';
import { s3 } from '../src/services/s3/operations.ts';
import { stepfunctions } from '../src/services/stepfunctions/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';

/** A world where executions run distributed maps over items, with a bucket to read them from. */
export interface MapRunFixture extends AccountFixture {
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly bucket: string;
  /** A machine named `machine` with one map labelled `each`; the fields are those of its state. */
  readonly machine: (
    fields?: Readonly<Record<string, unknown>>,
    options?: { readonly policy?: readonly object[]; readonly definition?: object },
  ) => Promise<string>;
  /** Starts an execution of `machine` and gives its ARN. */
  readonly start: (input?: unknown) => Promise<string>;
  readonly describe: (executionArn: string) => Promise<DescribeExecutionCommandOutput>;
  /** Lets time pass until an execution has ended. */
  readonly settle: (executionArn: string) => Promise<DescribeExecutionCommandOutput>;
  /** `start` and `settle`. */
  readonly run: (input?: unknown) => Promise<DescribeExecutionCommandOutput>;
  readonly mapRuns: (executionArn: string) => Promise<MapRunListItem[]>;
  /** The only map run of an execution. */
  readonly mapRun: (executionArn: string) => Promise<DescribeMapRunCommandOutput>;
  readonly children: (mapRunArn: string | undefined) => Promise<ExecutionListItem[]>;
  readonly put: (key: string, content: string) => Promise<void>;
  readonly pass: (seconds: number) => Promise<void>;
}

export const machineArn = 'arn:aws:states:eu-west-1:111111111111:stateMachine:machine';
const bucket = 'items-bucket';
const settleLimitMs = 24 * 3_600_000;

/** What the role of a machine with a distributed map needs. */
export const mapPolicy: readonly object[] = [
  { Effect: 'Allow', Action: 'states:StartExecution', Resource: machineArn },
];
export const bucketPolicy: readonly object[] = [
  ...mapPolicy,
  {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: `arn:aws:s3:::${bucket}/*`,
  },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
];

/** Waits as many seconds as its input asks for, one without; fails when its input asks for it; otherwise echoes it. */
export const echoingChild = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'Rest',
  States: {
    Rest: {
      Type: 'Wait',
      Seconds: '{% $exists($states.input.seconds) ? $states.input.seconds : 1 %}',
      Next: 'Judge',
    },
    Judge: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.fails = true %}', Next: 'Broken' }],
      Default: 'Done',
    },
    Broken: { Type: 'Fail', Error: 'Broken', Cause: 'as asked' },
    Done: { Type: 'Succeed' },
  },
};

const mapState = (fields: Readonly<Record<string, unknown>>): object => ({
  Type: 'Map',
  Label: 'each',
  ItemProcessor: echoingChild,
  End: true,
  ...fields,
});

export async function mapRunFixture(): Promise<MapRunFixture> {
  const given = accountFixture([iam, sts, s3, stepfunctions]);
  const sfn = given.client(SFNClient);
  const s3Client = given.client(S3Client);
  const iamClient = given.client(IAMClient);
  await s3Client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  const policyText = (Statement: unknown): string =>
    JSON.stringify({ Version: '2012-10-17', Statement });
  const machine: MapRunFixture['machine'] = async (fields = {}, options = {}) => {
    const { Role } = await iamClient.send(
      new CreateRoleCommand({
        RoleName: 'machine-role',
        AssumeRolePolicyDocument: policyText({
          Effect: 'Allow',
          Principal: { Service: 'states.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    const statements = options.policy ?? bucketPolicy;
    if (statements.length > 0)
      await iamClient.send(
        new PutRolePolicyCommand({
          RoleName: 'machine-role',
          PolicyName: 'own',
          PolicyDocument: policyText(statements),
        }),
      );
    await given.spread();
    const definition = options.definition ?? {
      QueryLanguage: 'JSONata',
      StartAt: 'Each',
      States: { Each: mapState(fields) },
    };
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({
        name: 'machine',
        roleArn: Role?.Arn,
        definition: JSON.stringify(definition),
      }),
    );
    return stateMachineArn;
  };
  const start: MapRunFixture['start'] = async (input = {}) => {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  const describe: MapRunFixture['describe'] = (executionArn) =>
    sfn.send(new DescribeExecutionCommand({ executionArn }));
  const settle: MapRunFixture['settle'] = async (executionArn) => {
    const { scheduler } = given.world;
    const deadline = scheduler.now + settleLimitMs;
    for (;;) {
      const found = await describe(executionArn);
      if (found.status !== 'RUNNING') return found;
      if (scheduler.now > deadline) throw new Error(`${executionArn} does not come to an end`);
      await scheduler.runFor(1_000);
    }
  };
  const mapRuns: MapRunFixture['mapRuns'] = async (executionArn) => {
    const found: MapRunListItem[] = [];
    for await (const page of paginateListMapRuns({ client: sfn }, { executionArn }))
      found.push(...(page.mapRuns ?? []));
    return found;
  };
  return {
    ...given,
    sfn,
    s3: s3Client,
    bucket,
    machine,
    start,
    describe,
    settle,
    run: async (input) => settle(await start(input)),
    mapRuns,
    mapRun: async (executionArn) => {
      const [found] = await mapRuns(executionArn);
      return sfn.send(new DescribeMapRunCommand({ mapRunArn: found?.mapRunArn }));
    },
    children: async (mapRunArn) => {
      const found: ExecutionListItem[] = [];
      for await (const page of paginateListExecutions({ client: sfn }, { mapRunArn }))
        found.push(...(page.executions ?? []));
      return found;
    },
    put: async (Key, Body) => {
      await s3Client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    pass: (seconds) => given.world.scheduler.runFor(seconds * 1_000),
  };
}

/** The parsed output of an execution. */
export const outputOf = ({ output }: { output?: string | undefined }): unknown =>
  JSON.parse(output ?? 'null');
