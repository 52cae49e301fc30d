import type * as client from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { InvalidSchedule } from '../scheduler/cron.ts';
import { parseSchedule } from '../scheduler/schedule-expression.ts';
import { tagCodes } from './bus-operations.ts';
import {
  findBus,
  ownPlaceOfBus,
  requireBus,
  requireRule,
  ruleArn,
  validation,
} from './bus-lookup.ts';
import { compilePattern, InvalidPattern, type EventPattern } from './pattern.ts';
import { literalsOf } from './pattern-literals.ts';
import { armRule } from './rule-schedule.ts';
import type { Rule, RuleTarget } from './state.ts';
import { addTags, requestTagContext, resourceTagContext } from './tags.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

// EventBridge quotas: rules per bus, length of a pattern.
const rulesMax = 300;
const patternLengthMax = 2048;
const listMax = 100; // EventBridge API reference, Limit of the lists

/** The check of an action on a rule, which need not exist. */
export function ruleCheck(
  call: Call,
  input: { readonly name: string | undefined; readonly bus: string | undefined },
  action: string,
  context: AccessCheck['context'] = {},
): AccessCheck {
  const place = ownPlaceOfBus(call, input.bus);
  const name = input.name ?? '';
  const rule = findBus(call, place)?.rules.get(name);
  return {
    action: `events:${action}`,
    resource: ruleArn(place, name),
    context: {
      ...resourceTagContext(rule?.tags),
      'events:creatorAccount': rule?.createdBy,
      ...context,
    },
  };
}

/** @throws AwsError InvalidEventPatternException */
export function readPattern(text: string): EventPattern {
  try {
    if (text.length > patternLengthMax)
      throw new InvalidPattern(`it has more than ${patternLengthMax} characters`);
    return compilePattern(text);
  } catch (cause) {
    if (!(cause instanceof InvalidPattern)) throw cause;
    throw new AwsError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${cause.message}`,
    );
  }
}

function readSchedule(text: string) {
  try {
    const schedule = parseSchedule(text);
    if (schedule.kind !== 'at') return schedule;
  } catch (cause) {
    if (!(cause instanceof InvalidSchedule)) throw cause;
  }
  throw validation('Parameter ScheduleExpression is not valid.');
}

export const putRule = operation<client.PutRuleCommandInput, Partial<client.PutRuleCommandOutput>>({
  authorize(input, call) {
    const names = { name: input.Name, bus: input.EventBusName };
    const put = ruleCheck(call, names, 'PutRule', {
      ...requestTagContext(input.Tags),
      ...literalsOf(input.EventPattern),
    });
    const checks = [put];
    if (input.Tags?.length) checks.push({ ...put, action: 'events:TagResource' });
    if (input.RoleArn !== undefined)
      checks.push(passRoleCheck(call, input.RoleArn, 'events.amazonaws.com'));
    return checks;
  },
  run(input, call) {
    const place = ownPlaceOfBus(call, input.EventBusName);
    const bus = requireBus(call, place);
    const { Name: name = '', EventPattern: patternText, ScheduleExpression: scheduleText } = input;
    if (patternText === undefined && scheduleText === undefined)
      throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    if (scheduleText !== undefined && place.name !== 'default')
      throw validation('ScheduleExpression is supported only on the default event bus.');
    const pattern = patternText === undefined ? undefined : readPattern(patternText);
    const schedule = scheduleText === undefined ? undefined : readSchedule(scheduleText);
    const existing = bus.rules.get(name);
    if (!existing && bus.rules.size >= rulesMax)
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      );
    const rule: Rule = {
      name,
      busName: place.name,
      account: call.account,
      region: call.region,
      arn: ruleArn(place, name),
      createdBy: call.account,
      // What is left out is not kept (EventBridge API reference, PutRule); targets and tags are.
      patternText,
      pattern,
      scheduleText,
      schedule,
      state: input.State ?? 'ENABLED',
      isEnabled: input.State !== 'DISABLED',
      description: input.Description,
      roleArn: input.RoleArn,
      targets: existing?.targets ?? new Map<string, RuleTarget>(),
      tags: existing?.tags ?? new Map<string, string>(),
      timer: existing?.timer,
    };
    if (!existing) addTags(call, rule.tags, input.Tags, tagCodes);
    bus.rules.set(name, rule);
    armRule(call, rule);
    return { RuleArn: rule.arn };
  },
});

const describe = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.patternText,
  ScheduleExpression: rule.scheduleText,
  State: rule.state as client.RuleState,
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: rule.busName,
});

export const describeRule = operation<
  client.DescribeRuleCommandInput,
  Partial<client.DescribeRuleCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Name, bus: input.EventBusName }, 'DescribeRule'),
  run(input, call) {
    const rule = requireRule(call, { name: input.Name, bus: input.EventBusName });
    return { ...describe(rule), CreatedBy: rule.createdBy };
  },
});

export const deleteRule = operation<
  client.DeleteRuleCommandInput,
  Partial<client.DeleteRuleCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Name, bus: input.EventBusName }, 'DeleteRule'),
  run(input, call) {
    const bus = requireBus(call, ownPlaceOfBus(call, input.EventBusName));
    const rule = bus.rules.get(input.Name ?? '');
    // Deleting what is gone is a success.
    if (!rule) return {};
    if (rule.targets.size > 0) throw validation("Rule can't be deleted since it has targets.");
    if (rule.timer) rule.timer.cancelled = true;
    bus.rules.delete(rule.name);
    return {};
  },
});

function setEnabled(call: Call, rule: Rule, isEnabled: boolean): void {
  rule.isEnabled = isEnabled;
  rule.state = isEnabled ? 'ENABLED' : 'DISABLED';
  armRule(call, rule);
}

export const enableRule = operation<
  client.EnableRuleCommandInput,
  Partial<client.EnableRuleCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Name, bus: input.EventBusName }, 'EnableRule'),
  run(input, call) {
    setEnabled(call, requireRule(call, { name: input.Name, bus: input.EventBusName }), true);
    return {};
  },
});

export const disableRule = operation<
  client.DisableRuleCommandInput,
  Partial<client.DisableRuleCommandOutput>
>({
  authorize: (input, call) =>
    ruleCheck(call, { name: input.Name, bus: input.EventBusName }, 'DisableRule'),
  run(input, call) {
    setEnabled(call, requireRule(call, { name: input.Name, bus: input.EventBusName }), false);
    return {};
  },
});

function rulesPage(
  call: Call,
  rules: readonly Rule[],
  input: { NextToken?: string | undefined; Limit?: number | undefined },
) {
  return paginate(call, rules, {
    keyOf: ({ name }) => name,
    token: input.NextToken,
    size: input.Limit,
    sizeMax: listMax,
    invalidToken: 'ValidationException',
  });
}

export const listRules = operation<
  client.ListRulesCommandInput,
  Partial<client.ListRulesCommandOutput>
>({
  // ListRules has no resource-level permission.
  authorize: () => ({ action: 'events:ListRules', resource: '*' }),
  run(input, call) {
    const bus = requireBus(call, ownPlaceOfBus(call, input.EventBusName));
    const prefix = input.NamePrefix ?? '';
    const rules = [...bus.rules.values()].filter(({ name }) => name.startsWith(prefix));
    const page = rulesPage(call, rules, input);
    return { Rules: page.items.map(describe), NextToken: page.nextToken };
  },
});

export const listRuleNamesByTarget = operation<
  client.ListRuleNamesByTargetCommandInput,
  Partial<client.ListRuleNamesByTargetCommandOutput>
>({
  // ListRuleNamesByTarget has no resource-level permission.
  authorize: () => ({ action: 'events:ListRuleNamesByTarget', resource: '*' }),
  run(input, call) {
    const bus = requireBus(call, ownPlaceOfBus(call, input.EventBusName));
    const rules = [...bus.rules.values()].filter(({ targets }) =>
      [...targets.values()].some(({ Arn }) => Arn === input.TargetArn),
    );
    const page = rulesPage(call, rules, input);
    return { RuleNames: page.items.map(({ name }) => name), NextToken: page.nextToken };
  },
});

export const testEventPattern = operation<
  client.TestEventPatternCommandInput,
  Partial<client.TestEventPatternCommandOutput>
>({
  // TestEventPattern has no resource-level permission.
  authorize: () => ({ action: 'events:TestEventPattern', resource: '*' }),
  run(input) {
    const pattern = readPattern(input.EventPattern ?? '');
    return { Result: pattern.matches(readTestEvent(input.Event ?? '')) };
  },
});

const testEventMembers = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

function readTestEvent(text: string): unknown {
  let event: unknown;
  try {
    event = parseShallowJson(text);
  } catch {
    throw validation('Parameter Event is not valid. Reason: it is not JSON.');
  }
  const missing = testEventMembers.find(
    (member) => typeof event !== 'object' || event === null || !(member in event),
  );
  if (missing !== undefined)
    throw validation(`Parameter Event is not valid. Reason: it has no ${missing}.`);
  return event;
}
