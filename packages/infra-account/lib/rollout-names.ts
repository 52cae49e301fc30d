import { Aws, Fn } from 'aws-cdk-lib';

import { type InfraParameters } from './parameters.ts';

/** The state machine has a fixed name, so that its own role and the functions it invokes can name it. */
export const rolloutMachineName = ({ environmentName }: InfraParameters): string =>
  Fn.join('', ['golden-', environmentName.valueAsString, '-rollout']);

/** An ARN of Step Functions in this account and Region: `<kind>:golden-<line>-rollout<rest>`. */
export const rolloutArn = (
  parameters: InfraParameters,
  { kind, rest }: { readonly kind: 'stateMachine' | 'execution'; readonly rest: string },
): string =>
  Fn.join('', [
    `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}:`,
    rolloutMachineName(parameters),
    rest,
  ]);
