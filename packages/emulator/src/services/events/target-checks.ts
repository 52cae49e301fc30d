import type { Target } from '@aws-sdk/client-eventbridge';
import { accountOfArn, splitArn } from '../../iam/arn-match.ts';
import type { AwsError } from '../../world/aws-error.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { placeOfBusArn, validation } from './bus-lookup.ts';
import { checkInputPath, checkTransformer } from './target-input.ts';
import type { Rule, RuleTarget } from './state.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

/** The kinds of target that this emulator delivers to. */
export type TargetKind = 'lambda' | 'sqs' | 'sns' | 'logs' | 'event-bus';

const kinds: readonly (readonly [kind: TargetKind, pattern: RegExp])[] = [
  ['lambda', /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$/],
  ['sqs', /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/],
  ['sns', /^arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/],
  ['logs', /^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:[A-Za-z0-9_./#-]+(:\*)?$/],
  ['event-bus', /^arn:aws:events:[a-z0-9-]+:\d{12}:event-bus\/[A-Za-z0-9._/-]+$/],
];

export const targetKind = (arn: string): TargetKind | undefined =>
  kinds.find(([, pattern]) => pattern.test(arn))?.[0];

/**
 * Checks one target of PutTargets beyond its model.
 *
 * @throws AwsError ValidationException, also for what AWS delivers to and this emulator does not
 */
export function requireTarget(rule: Rule, target: Target): RuleTarget {
  const { Id = '', Arn = '' } = target;
  const kind = targetKind(Arn);
  if (!kind) throw validation(`targets such as ${Arn} are not modelled by this emulator`);
  refuseUnmodelled(
    target,
    [
      'KinesisParameters',
      'RunCommandParameters',
      'EcsParameters',
      'BatchParameters',
      'HttpParameters',
      'RedshiftDataParameters',
      'SageMakerPipelineParameters',
      'AppSyncParameters',
    ],
    'ValidationException',
  );
  checkPlace(rule, target, kind);
  checkRole(rule, target, kind);
  checkInput(rule, target);
  checkDeadLetters(target);
  if (kind !== 'sqs' && target.SqsParameters)
    throw invalid(target, 'SqsParameters is for SQS queues only');
  if (Arn.endsWith('.fifo') && kind === 'sqs' && !target.SqsParameters?.MessageGroupId)
    throw invalid(target, 'Parameter(s) SqsParameters must be specified for a FIFO queue');
  return { ...target, Id, Arn };
}

const invalid = (target: Target, reason: string): AwsError =>
  validation(`Target ${target.Id ?? ''} is not valid. Reason: ${reason}.`);

function checkPlace(rule: Rule, target: Target, kind: TargetKind): void {
  const [, , , region, account] = splitArn(target.Arn ?? '') ?? [];
  if (kind !== 'event-bus' && region !== rule.region)
    throw invalid(target, `${target.Arn ?? ''} is not in the Region of the rule`);
  if (kind !== 'event-bus' && account !== rule.account)
    throw invalid(
      target,
      'targets in other accounts but event buses are not modelled by this emulator',
    );
  const bus = placeOfBusArn(target.Arn ?? '');
  if (bus?.account === rule.account && bus.region === rule.region && bus.name === rule.busName)
    throw invalid(target, 'a bus cannot be the target of its own rule');
}

/**
 * Event buses are reached through a role, the other kinds by their own policy; a role is for targets of that kind in
 * other accounts, which is not modelled.
 */
function checkRole(rule: Rule, target: Target, kind: TargetKind): void {
  if (kind === 'event-bus') {
    if (target.RoleArn === undefined)
      throw validation(`RoleArn is required for target ${target.Arn ?? ''}.`);
    if (accountOfArn(target.RoleArn) !== rule.account)
      throw validation('Cross-account pass role is not allowed.');
  } else if (target.RoleArn !== undefined)
    throw invalid(
      target,
      'RoleArn is not supported for this target, whose policy must allow events.amazonaws.com',
    );
}

function checkInput(rule: Rule, target: Target): void {
  const { Input, InputPath, InputTransformer } = target;
  const given = [Input, InputPath, InputTransformer].filter((member) => member !== undefined);
  if (given.length > 1)
    throw validation('Only one of Input, InputPath, or InputTransformer must be provided.');
  const bus = placeOfBusArn(target.Arn ?? '');
  if (bus && given.length > 0 && bus.account !== rule.account)
    throw invalid(target, 'a bus of another account takes the event as it is');
  if (bus && given.length > 0)
    throw invalid(target, 'inputs of event bus targets are not modelled by this emulator');
  if (Input !== undefined && !isJson(Input))
    throw validation(`Target ${target.Id ?? ''} Input is not valid JSON text.`);
  if (InputPath !== undefined) checkInputPath(InputPath);
  if (InputTransformer !== undefined) checkTransformer(InputTransformer);
}

function isJson(text: string): boolean {
  try {
    parseShallowJson(text);
    return true;
  } catch {
    return false;
  }
}

function checkDeadLetters(target: Target): void {
  const arn = target.DeadLetterConfig?.Arn;
  if (arn === undefined) return;
  if (targetKind(arn) !== 'sqs' || arn.endsWith('.fifo'))
    throw validation(
      `Parameter DeadLetterConfig.Arn is not valid. Reason: ${arn} is not the ARN of a standard SQS queue.`,
    );
  if (
    splitArn(arn)?.[3] !== splitArn(target.Arn ?? '')?.[3] &&
    targetKind(target.Arn ?? '') !== 'event-bus'
  )
    throw validation(`The dead-letter queue ${arn} is not in the Region of the rule.`);
}
