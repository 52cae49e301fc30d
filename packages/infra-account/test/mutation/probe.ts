import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';

/** One call of a real client, made by whoever a probe is. */
interface ProbeCall {
  /** `@aws-sdk/client-<package>` */
  readonly package: string;
  readonly client: string;
  readonly command: string;
  readonly input: object;
}

const code = `
exports.handler = async ({ package: name, client, command, input }) => {
  const sdk = require('@aws-sdk/client-' + name);
  try {
    await new sdk[client]({ maxAttempts: 1 }).send(new sdk[command](input));
    return 'admitted';
  } catch (error) {
    return error.name;
  }
};`;

const functionName = 'probe';

/** Makes a function that calls what it is told to, by a role that is there or by an own one, which may do everything. */
export async function deployProbe(
  stage: FleetStage,
  place: Place,
  { roleArn, may = 'everything' }: { roleArn?: string; may?: 'everything' | 'nothing' } = {},
): Promise<{ roleArn: string }> {
  const outputs = await stage.deployStack(place, {
    name: 'probe',
    parameters: {},
    template: JSON.stringify({
      Resources: {
        ...(roleArn === undefined && { Role: ownRole(may) }),
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName: functionName,
            Runtime: 'nodejs24.x',
            Handler: 'index.handler',
            Role: roleArn ?? { 'Fn::GetAtt': ['Role', 'Arn'] },
            Code: { ZipFile: code },
          },
        },
      },
      Outputs: { Role: { Value: roleArn ?? { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    }),
  });
  return { roleArn: outputs['Role'] ?? '' };
}

const ownRole = (may: 'everything' | 'nothing') => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    },
    ManagedPolicyArns: may === 'everything' ? ['arn:aws:iam::aws:policy/AdministratorAccess'] : [],
  },
});

/** What AWS says to a call of the probe: `admitted`, or the name of the error. */
export async function probe(stage: FleetStage, place: Place, call: ProbeCall): Promise<string> {
  const { Payload, FunctionError } = await stage.infra
    .client(LambdaClient, place)
    .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(call) }));
  const text = new TextDecoder().decode(Payload);
  if (FunctionError !== undefined) throw new Error(`the probe failed: ${text}`);
  return String(JSON.parse(text));
}
