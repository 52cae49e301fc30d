import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ImageLine } from '../model/ids.ts';
import { readFunctionResult } from '../payload/function-result.ts';
import type { ReachAnswer } from '../payload/reach-answer.ts';
import { clientOptions } from './client-options.ts';
import { invokeFailure, roleFailure, unreachable } from './reach-failure.ts';

/** One account and Region that carries the workload stack. */
export interface Target {
  account: string;
  region: string;
}

interface Question {
  /** What CloudTrail of the target shows as the caller's session. */
  sessionName: string;
  request: Readonly<Record<string, unknown>>;
}

/** The handlers of the workload accounts. */
export interface WorkloadAccounts {
  ask(target: Target, question: Question): Promise<ReachAnswer>;
}

/** The least that STS takes; a session is used for one invocation. */
const sessionSeconds = 900;
const connectMillisecondsMax = 5_000;
/** Longer than the handler may take (300 s), shorter than the function that asks. */
const answerMillisecondsMax = 315_000;

/**
 * Asks by the invoker role of the account: assume it through the STS of the target's Region, which also says whether the
 * account has that Region at all, and invoke the handler there, once. A request that went out is never repeated here: the
 * handler may still be at work, and whoever asks comes again anyway.
 */
export const makeWorkloadAccounts = (own: {
  line: ImageLine;
  partition: string;
}): WorkloadAccounts => {
  const stsIn = oncePerRegion((region) => new STSClient(clientOptions(region)));
  return {
    ask: async ({ account, region }, { sessionName, request }) => {
      const session = await assume(stsIn(region), {
        roleArn: `arn:${own.partition}:iam::${account}:role/golden-${own.line}-invoker`,
        sessionName,
      });
      if ('outcome' in session) return session;
      return invoke(new LambdaClient({ ...invokeOptions(region), credentials: session }), {
        functionArn: `arn:${own.partition}:lambda:${region}:${account}:function:golden-${own.line}-handler`,
        request,
      });
    },
  };
};

interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

const assume = async (
  sts: STSClient,
  { roleArn, sessionName }: { roleArn: string; sessionName: string },
): Promise<Session | ReachAnswer> => {
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: sessionSeconds,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    return AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined
      ? unreachable('call-failed', 'STS answered without credentials')
      : { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } catch (error) {
    return roleFailure(error);
  }
};

const invoke = async (
  lambda: LambdaClient,
  { functionArn, request }: { functionArn: string; request: unknown },
): Promise<ReachAnswer> => {
  try {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(request),
      }),
    );
    return readFunctionResult({
      functionError: FunctionError,
      payload: new TextDecoder().decode(Payload),
    });
  } catch (error) {
    return invokeFailure(error);
  } finally {
    // The client holds the credentials and a connection of one account; the next question is for another one.
    lambda.destroy();
  }
};

const invokeOptions = (region: string) => ({
  ...clientOptions(region),
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: connectMillisecondsMax,
    requestTimeout: answerMillisecondsMax,
    throwOnRequestTimeout: true,
  },
});

const oncePerRegion = <Client>(make: (region: string) => Client): ((region: string) => Client) => {
  const clients = new Map<string, Client>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
};
