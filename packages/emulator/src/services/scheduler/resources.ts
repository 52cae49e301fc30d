import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
  type ActionAfterCompletion,
  type FlexibleTimeWindowMode,
  type ScheduleState,
  type Tag,
  type Target,
} from '@aws-sdk/client-scheduler';
import type { Deployment, Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { isRecord } from '../../wire/scalars.ts';

const text = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

const dateOf = (value: unknown): Date | undefined =>
  value === undefined ? undefined : new Date(text(value) ?? '');

const numberOf = (value: unknown): number | undefined =>
  value === undefined ? undefined : Number(value);

const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Templates write numbers as text at times; the API wants numbers. */
function targetOf(value: unknown): Target {
  const { RetryPolicy: policy, Arn, RoleArn, ...rest } = recordOf(value);
  return {
    ...rest,
    Arn: text(Arn),
    RoleArn: text(RoleArn),
    ...(isRecord(policy)
      ? {
          RetryPolicy: Object.fromEntries(
            Object.entries(policy).map(([key, number]) => [key, Number(number)]),
          ),
        }
      : {}),
  };
}

const inputOf = (properties: Properties, Name: string | undefined) => {
  const window = recordOf(properties['FlexibleTimeWindow']);
  return {
    Name,
    GroupName: text(properties['GroupName']),
    ScheduleExpression: text(properties['ScheduleExpression']),
    ScheduleExpressionTimezone: text(properties['ScheduleExpressionTimezone']),
    StartDate: dateOf(properties['StartDate']),
    EndDate: dateOf(properties['EndDate']),
    Description: text(properties['Description']),
    State: text(properties['State']) as ScheduleState | undefined,
    ActionAfterCompletion: text(properties['ActionAfterCompletion']) as
      ActionAfterCompletion | undefined,
    FlexibleTimeWindow: {
      Mode: text(window['Mode']) as FlexibleTimeWindowMode | undefined,
      MaximumWindowInMinutes: numberOf(window['MaximumWindowInMinutes']),
    },
    Target: targetOf(properties['Target']),
  };
};

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
  }
}

async function asAlreadyExists<T>(type: string, name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isAwsError(error, 'ConflictException')) throw error;
    throw new AwsError(
      'AlreadyExists',
      `Resource of type '${type}' with identifier '${name}' already exists.`,
      { cause: error },
    );
  }
}

export const scheduleResource: ResourceProvider = {
  type: 'AWS::Scheduler::Schedule',
  properties: [
    'ActionAfterCompletion',
    'Description',
    'EndDate',
    'FlexibleTimeWindow',
    'GroupName',
    'Name',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'State',
    'Target',
  ],
  required: ['FlexibleTimeWindow', 'ScheduleExpression', 'Target'],
  createOnly: ['GroupName', 'Name'],
  async create(properties, deployment) {
    const name = text(properties['Name']) ?? deployment.generateName({ lengthMax: 64 });
    const { ScheduleArn = '' } = await asAlreadyExists(
      'AWS::Scheduler::Schedule',
      name,
      deployment.call(new CreateScheduleCommand(inputOf(properties, name))),
    );
    return { physicalId: name, attributes: { Arn: ScheduleArn } };
  },
  async update(properties, deployment, { physicalId }) {
    const { ScheduleArn = '' } = await deployment.call(
      new UpdateScheduleCommand(inputOf(properties, physicalId)),
    );
    return { physicalId, attributes: { Arn: ScheduleArn } };
  },
  async delete(physicalId, deployment, { properties }) {
    const GroupName = text(properties['GroupName']);
    await unlessGone(deployment.call(new DeleteScheduleCommand({ Name: physicalId, GroupName })));
  },
};

const groupArn = (deployment: Deployment, name: string): string =>
  deployment.arn(`schedule-group/${name}`, { service: 'scheduler' });

export const scheduleGroupResource: ResourceProvider = {
  type: 'AWS::Scheduler::ScheduleGroup',
  properties: ['Name', 'Tags'],
  required: [],
  createOnly: ['Name'],
  async create(properties, deployment) {
    const name = text(properties['Name']) ?? deployment.generateName({ lengthMax: 64 });
    const { ScheduleGroupArn = '' } = await asAlreadyExists(
      'AWS::Scheduler::ScheduleGroup',
      name,
      deployment.call(
        new CreateScheduleGroupCommand({
          Name: name,
          Tags: tagList(deployment.tags(properties['Tags'])),
        }),
      ),
    );
    return { physicalId: name, attributes: { Arn: ScheduleGroupArn } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const Arn = groupArn(deployment, physicalId);
    const wanted = deployment.tags(properties['Tags']);
    const gone = Object.keys(deployment.tags(previous['Tags'])).filter((key) => !(key in wanted));
    if (gone.length > 0)
      await deployment.call(new UntagResourceCommand({ ResourceArn: Arn, TagKeys: gone }));
    await deployment.call(new TagResourceCommand({ ResourceArn: Arn, Tags: tagList(wanted) }));
    return { physicalId, attributes: { Arn } };
  },
  async delete(physicalId, deployment) {
    await unlessGone(deployment.call(new DeleteScheduleGroupCommand({ Name: physicalId })));
  },
};
