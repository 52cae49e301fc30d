import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  type CreateFunctionCommandInput,
  type InvokeCommandInput,
} from '@aws-sdk/client-lambda';
import { cloudwatch } from '../src/services/cloudwatch/operations.ts';
import { iam } from '../src/services/iam/operations.ts';
import { lambda } from '../src/services/lambda/operations.ts';
import { makeZip } from '../src/services/lambda/zip.ts';
import { logs } from '../src/services/logs/operations.ts';
import { ssm } from '../src/services/ssm/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';

/** What an invocation said: the parsed payload, and the kind of error if it was one. */
interface Answer {
  readonly payload: unknown;
  readonly functionError: string | undefined;
  readonly logTail: string;
}

export interface FunctionFixture extends AccountFixture {
  readonly lambda: LambdaClient;
  /** A role that Lambda may use, with one policy; counts at once. */
  role(name: string, statements?: readonly object[], trust?: object): Promise<string>;
  /** A function of inline source, ready to be invoked. */
  define(source: string, given?: Partial<CreateFunctionCommandInput>): Promise<string>;
  invoke(name: string, event?: unknown, given?: Partial<InvokeCommandInput>): Promise<Answer>;
  /** The messages of a log group, after they have been delivered. */
  logLines(group: string): Promise<string[]>;
}

const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' };
const lambdaTrust = {
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
};

/** A world with Lambda, IAM, STS, logs, metrics and Parameter Store, where functions of inline source run. */
export function functionFixture(
  others: readonly ServiceDefinition[] = [],
  settings: Partial<WorldSettings> = {},
): FunctionFixture {
  const fixture = accountFixture([iam, sts, lambda, logs, cloudwatch, ssm, ...others], settings);
  const client = fixture.client(LambdaClient);
  const iamClient = fixture.client(IAMClient);
  let defaultRole: string | undefined;
  const role: FunctionFixture['role'] = async (
    name,
    statements = [allowAll],
    trust = lambdaTrust,
  ) => {
    const policy = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement });
    const { Role } = await iamClient.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy(trust) }),
    );
    await iamClient.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: 'own',
        PolicyDocument: policy(statements),
      }),
    );
    await fixture.spread();
    return Role?.Arn ?? '';
  };
  return {
    ...fixture,
    lambda: client,
    role,
    async define(source, given = {}) {
      defaultRole ??= await role('everything');
      const FunctionName = given.FunctionName ?? 'f';
      await client.send(
        new CreateFunctionCommand({
          FunctionName,
          Role: defaultRole,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Code: { ZipFile: makeZip({ 'index.js': source }) },
          ...given,
        }),
      );
      await fixture.world.scheduler.runFor(5_000);
      return FunctionName;
    },
    async invoke(name, event = {}, given = {}) {
      const output = await client.send(
        new InvokeCommand({
          FunctionName: name,
          Payload: Buffer.from(JSON.stringify(event)),
          ...given,
        }),
      );
      const text = Buffer.from(output.Payload ?? []).toString();
      return {
        payload: text === '' ? undefined : JSON.parse(text),
        functionError: output.FunctionError,
        logTail: Buffer.from(output.LogResult ?? '', 'base64').toString(),
      };
    },
    async logLines(group) {
      await fixture.world.scheduler.runFor(2_000);
      const logsClient = fixture.client(CloudWatchLogsClient);
      const lines: string[] = [];
      let nextToken: string | undefined;
      do {
        const page: FilterLogEventsCommandOutput = await logsClient.send(
          new FilterLogEventsCommand({
            logGroupName: group,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        lines.push(...(page.events ?? []).map(({ message }) => message ?? ''));
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return lines;
    },
  };
}
