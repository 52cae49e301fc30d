import type { Tag } from '@aws-sdk/client-sfn';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { stepFunctionsState, type StateMachine } from './state.ts';

const machineArnPattern =
  /^arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:(?<name>[^:]+)(?<rest>:.*)?$/;
const executionArnPattern = /^arn:aws:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/;

/** Step Functions API Reference, CreateStateMachine and StartExecution, name. */
const forbiddenInNames = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\ufffe\uffff]/u;
const tagsMax = 50; // Step Functions Developer Guide, "Service quotas": tags of a resource

export const validation = (message: string): AwsError =>
  new AwsError('ValidationException', message);

export const invalidArn = (arn: string): AwsError =>
  new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);

/** Step Functions API Reference, ListExecutions, GetExecutionHistory, ListStateMachines and ListMapRuns, maxResults. */
export const pageMax = 1_000;
const pageDefault = 100;

/** How many results a page may have; 0 asks for the default. */
export const pageSizeOf = (maxResults: number | undefined): number => maxResults || pageDefault;

/** @throws AwsError InvalidName */
export function requireName(name: string): void {
  if (forbiddenInNames.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

/** @throws AwsError InvalidArn, StateMachineDoesNotExist */
export function requireMachine(scope: Scope, arn: string | undefined): StateMachine {
  const { name, rest } = machineArnPattern.exec(arn ?? '')?.groups ?? {};
  if (name === undefined) throw invalidArn(arn ?? '');
  if (rest !== undefined || name.includes('/'))
    throw validation(
      `versions, aliases and maps such as ${arn ?? ''} are not modelled by this emulator`,
    );
  const machine = stepFunctionsState.in(scope).machines.get(arn ?? '');
  if (!machine)
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn ?? ''}'`);
  return machine;
}

export const isMachineArn = (arn: string): boolean => machineArnPattern.test(arn);
export const isExecutionArn = (arn: string): boolean => executionArnPattern.test(arn);

/** Source: Service Authorization Reference, Step Functions: tags of a machine are known by `aws:ResourceTag`. */
export function machineCheck(
  call: Call,
  action: string,
  arn: string | undefined,
  context: AccessCheck['context'] = {},
): AccessCheck {
  const tags = stepFunctionsState.in(call).machines.get(arn ?? '')?.tags ?? new Map();
  return {
    action: `states:${action}`,
    resource: arn ?? '',
    context: {
      ...Object.fromEntries([...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      ...context,
    },
  };
}

export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): NonNullable<AccessCheck['context']> => ({
  ...Object.fromEntries((tags ?? []).map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map(({ key = '' }) => key) : undefined,
});

/** @throws AwsError TooManyTags */
export function addTags(tags: Map<string, string>, arn: string, added: readonly Tag[]): void {
  const wanted = new Map([
    ...tags,
    ...added.map(({ key = '', value = '' }): [string, string] => [key, value]),
  ]);
  if (wanted.size > tagsMax)
    throw new AwsError('TooManyTags', `Too many tags: at most ${tagsMax} are allowed`, {
      details: { resourceName: arn },
    });
  for (const [key, value] of wanted) tags.set(key, value);
}
