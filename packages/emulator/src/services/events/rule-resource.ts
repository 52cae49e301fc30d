import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type RuleState,
  type Target,
} from '@aws-sdk/client-eventbridge';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { AwsError } from '../../world/aws-error.ts';
import { isRecord } from '../../wire/scalars.ts';
import { exists, tagList, text, updateTags } from './resource-properties.ts';

interface RuleNames {
  readonly Name: string;
  readonly EventBusName: string | undefined;
}

/** Rules of other buses than the default one have `bus|rule` as their physical id. */
function namesOf(physicalId: string): RuleNames {
  const [first = '', second] = physicalId.split('|');
  return second === undefined
    ? { Name: first, EventBusName: undefined }
    : { Name: second, EventBusName: first };
}

/** Templates write numbers as text at times; the API wants numbers. */
function readTarget(value: unknown): Target {
  if (!isRecord(value)) throw new AwsError('ValidationException', 'a target is an object');
  const { RetryPolicy: policy, ...rest } = value;
  const retryPolicy = isRecord(policy)
    ? {
        RetryPolicy: Object.fromEntries(
          Object.entries(policy).map(([key, number]) => [key, Number(number)]),
        ),
      }
    : {};
  const known: Record<string, unknown> = { ...rest, ...retryPolicy };
  return { ...known, Id: text(known['Id']), Arn: text(known['Arn']) };
}

async function putRuleAndTargets(
  deployment: Deployment,
  names: RuleNames,
  properties: Properties,
): Promise<Provisioned> {
  const { RuleArn = '' } = await deployment.call(
    new PutRuleCommand({
      ...names,
      EventPattern: text(properties['EventPattern']),
      ScheduleExpression: text(properties['ScheduleExpression']),
      State: text(properties['State']) as RuleState | undefined,
      Description: text(properties['Description']),
      RoleArn: text(properties['RoleArn']),
      Tags: tagList(deployment.tags(properties['Tags'])),
    }),
  );
  const rule = { Rule: names.Name, EventBusName: names.EventBusName };
  const given: unknown[] = Array.isArray(properties['Targets']) ? properties['Targets'] : [];
  const targets = given.map(readTarget);
  const ids = await targetIds(deployment, names);
  const gone = ids.filter((id) => !targets.some(({ Id }) => Id === id));
  if (gone.length > 0) await deployment.call(new RemoveTargetsCommand({ ...rule, Ids: gone }));
  if (targets.length > 0)
    await deployment.call(new PutTargetsCommand({ ...rule, Targets: targets }));
  const bus = names.EventBusName ?? 'default';
  return {
    physicalId: bus === 'default' ? names.Name : `${bus}|${names.Name}`,
    attributes: { Arn: RuleArn },
  };
}

const pagesMax = 10; // a rule has five targets at most

async function targetIds(
  deployment: Deployment,
  { Name, EventBusName }: RuleNames,
): Promise<string[]> {
  const ids: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const { Targets = [], NextToken } = await deployment.call(
      new ListTargetsByRuleCommand({ Rule: Name, EventBusName, NextToken: token }),
    );
    ids.push(...Targets.map(({ Id }) => Id ?? ''));
    if (NextToken === undefined) return ids;
    token = NextToken;
  }
  throw new TypeError(`the rule ${Name} has more targets than a rule can have`);
}

export const ruleResource: ResourceProvider = {
  type: 'AWS::Events::Rule',
  properties: [
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'RoleArn',
    'ScheduleExpression',
    'State',
    'Tags',
    'Targets',
  ],
  required: [],
  createOnly: ['EventBusName', 'Name'],
  async create(properties, deployment) {
    const names = {
      Name: text(properties['Name']) ?? deployment.generateName({ lengthMax: 64 }),
      EventBusName: text(properties['EventBusName'])?.replace(/^arn:.*:event-bus\//, ''),
    };
    // PutRule would change a rule that is there; CloudFormation refuses a name that is taken.
    if (await exists(deployment.call(new DescribeRuleCommand(names))))
      throw new AwsError(
        'AlreadyExists',
        `Resource of type 'AWS::Events::Rule' with identifier '${names.Name}' already exists.`,
      );
    return putRuleAndTargets(deployment, names, properties);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const provisioned = await putRuleAndTargets(deployment, namesOf(physicalId), properties);
    await updateTags(deployment, String(provisioned.attributes['Arn']), properties, previous);
    return provisioned;
  },
  async delete(physicalId, deployment) {
    const names = namesOf(physicalId);
    if (!(await exists(deployment.call(new DescribeRuleCommand(names))))) return;
    const Ids = await targetIds(deployment, names);
    const rule = { Rule: names.Name, EventBusName: names.EventBusName };
    if (Ids.length > 0) await deployment.call(new RemoveTargetsCommand({ ...rule, Ids }));
    await deployment.call(new DeleteRuleCommand(names));
  },
};
