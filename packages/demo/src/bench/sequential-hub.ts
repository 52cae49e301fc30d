import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { hubCode } from './hub-code.ts';

const targetRole = 'hub-target';
const lambdaTimeoutSecondsMax = 900;
const invocationsMax = 10_000;

const allow = (Action: string | readonly string[], Resource: string): object => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const assumedBy = (Principal: object): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
});
const policy = (PolicyName: string, ...Statement: readonly object[]): object => ({
  PolicyName,
  PolicyDocument: { Version: '2012-10-17', Statement },
});

/** What each account adds to its own stack for a hub: the product's invoker role lets in nobody else. */
export const withHubTarget = (template: string, infraAccount: string, line: string): string => {
  const { Resources, ...rest } = JSON.parse(template) as { Resources: Record<string, object> };
  const HubTarget = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: targetRole,
      AssumeRolePolicyDocument: assumedBy({ AWS: `arn:aws:iam::${infraAccount}:root` }),
      Policies: [policy('invoke', allow('lambda:InvokeFunction', handlerArn(line)))],
    },
  };
  return JSON.stringify({ ...rest, Resources: { ...Resources, HubTarget } });
};

const handlerName = (line: string): string => `golden-${line}-handler`;
const handlerArn = (line: string): string => `arn:aws:lambda:*:*:function:${handlerName(line)}`;

const hubTemplate = (line: string): string =>
  JSON.stringify({
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: assumedBy({ Service: 'lambda.amazonaws.com' }),
          Policies: [
            policy(
              'hub',
              allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], '*'),
              allow('organizations:ListAccounts', '*'),
              allow('sts:AssumeRole', `arn:aws:iam::*:role/${targetRole}`),
            ),
          ],
        },
      },
      Hub: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: hubCode },
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: lambdaTimeoutSecondsMax,
          MemorySize: 256,
          Environment: {
            Variables: { TARGET_ROLE: targetRole, TARGET_FUNCTION: handlerName(line) },
          },
        },
      },
    },
    Outputs: { FunctionName: { Value: { Ref: 'Hub' } } },
  });

interface HubAnswer {
  readonly through: number;
  /** Where to go on; undefined at the end. */
  readonly from?: number;
  readonly isBegun?: boolean;
}

/** A hub in the infra account that asks one target after the other. */
export class SequentialHub {
  readonly #fleet: FleetStage;
  readonly #functionName: string;

  private constructor(fleet: FleetStage, functionName: string) {
    this.#fleet = fleet;
    this.#functionName = functionName;
  }

  static async deploy(fleet: FleetStage): Promise<SequentialHub> {
    const outputs = await fleet.deployStack(fleet.place('infra'), {
      name: 'hub',
      template: hubTemplate(fleet.infra.line),
      parameters: {},
    });
    return new SequentialHub(fleet, outputs['FunctionName'] ?? '');
  }

  /**
   * Moves the groups of all accounts, the next as soon as one has come to rest or without waiting for that. It is invoked again
   * from where it was as often as its time is up.
   *
   * @param some any of the places: all are asked the same
   * @returns how many targets each invocation got through
   */
  async move(
    some: Place,
    version: VersionRecord,
    { waits }: { readonly waits: boolean },
  ): Promise<readonly number[]> {
    const rolloutId = `hub-${version.version.replaceAll('.', '-')}`;
    const request = this.#fleet.request(some, version, { action: 'refresh', rolloutId });
    const through: number[] = [];
    let at: Pick<HubAnswer, 'from' | 'isBegun'> = { from: 0, isBegun: false };
    while (at.from !== undefined) {
      if (through.length === invocationsMax) throw new Error('the hub does not come to an end');
      const event = { request, waits, ...at };
      const answer = (await this.#fleet.invoke(this.#functionName, event)) as HubAnswer;
      through.push(answer.through);
      at = answer;
    }
    return through;
  }
}
