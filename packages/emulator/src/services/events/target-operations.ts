import type * as client from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../world/aws-error.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { requireRule, validation } from './bus-lookup.ts';
import { ruleCheck } from './rule-operations.ts';
import { requireTarget } from './target-checks.ts';

// EventBridge quotas and API reference, PutTargets.
const targetsMax = 5;
const entriesMax = 10;
const listMax = 100;

export const putTargets = operation<
  client.PutTargetsCommandInput,
  Partial<client.PutTargetsCommandOutput>
>({
  authorize(input, call) {
    const names = { name: input.Rule, bus: input.EventBusName };
    const targets = input.Targets ?? [];
    const roles = new Set(
      targets.flatMap(({ RoleArn }) => (RoleArn === undefined ? [] : [RoleArn])),
    );
    return [
      ruleCheck(call, names, 'PutTargets', {
        'events:TargetArn': targets.map(({ Arn }) => Arn ?? ''),
      }),
      ...[...roles].map((role) => passRoleCheck(call, role, 'events.amazonaws.com')),
    ];
  },
  run(input, call) {
    const rule = requireRule(call, { name: input.Rule, bus: input.EventBusName });
    const given = input.Targets ?? [];
    if (given.length < 1 || given.length > entriesMax)
      throw validation(`Targets has 1 to ${entriesMax} entries, not ${given.length}.`);
    const targets = given.map((target) => requireTarget(rule, target));
    if (new Set(targets.map(({ Id }) => Id)).size < targets.length)
      throw validation('Target ids are not unique.');
    if (new Set([...rule.targets.keys(), ...targets.map(({ Id }) => Id)]).size > targetsMax)
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      );
    for (const target of targets) rule.targets.set(target.Id, target);
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
});

export const removeTargets = operation<
  client.RemoveTargetsCommandInput,
  Partial<client.RemoveTargetsCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Rule, bus: input.EventBusName }, 'RemoveTargets'),
  run(input, call) {
    const rule = requireRule(call, { name: input.Rule, bus: input.EventBusName });
    const failed = (input.Ids ?? []).filter((id) => !rule.targets.delete(id));
    return {
      FailedEntryCount: failed.length,
      FailedEntries: failed.map((TargetId) => ({
        TargetId,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
      })),
    };
  },
});

export const listTargetsByRule = operation<
  client.ListTargetsByRuleCommandInput,
  Partial<client.ListTargetsByRuleCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Rule, bus: input.EventBusName }, 'ListTargetsByRule'),
  run(input, call) {
    const rule = requireRule(call, { name: input.Rule, bus: input.EventBusName });
    const page = paginate(call, rule.targets.values(), {
      keyOf: ({ Id }) => Id,
      token: input.NextToken,
      size: input.Limit,
      sizeMax: listMax,
      invalidToken: 'ValidationException',
    });
    return { Targets: [...page.items], NextToken: page.nextToken };
  },
});
