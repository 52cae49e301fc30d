import * as client from '@aws-sdk/client-cloudwatch';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';

const model = readServiceModel(client);
const nameLengthMax = 255; // CloudWatch API Reference, PutMetricAlarm, AlarmName

const asTagList = (tags: Readonly<Record<string, string>>): client.Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** PutMetricAlarm would overwrite an alarm of the same name; CloudFormation refuses a name that is taken. */
async function requireFreeName(deployment: Deployment, type: string, name: string): Promise<void> {
  const found = await deployment.call(
    new client.DescribeAlarmsCommand({
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    }),
  );
  if ((found.MetricAlarms ?? []).length + (found.CompositeAlarms ?? []).length > 0)
    throw new AwsError(
      'AlreadyExists',
      `Resource of type '${type}' with identifier '${name}' already exists.`,
    );
}

async function updateTags(
  deployment: Deployment,
  arn: string,
  tags: { wanted: Readonly<Record<string, string>>; previous: Readonly<Record<string, string>> },
): Promise<void> {
  const gone = Object.keys(tags.previous).filter((key) => !(key in tags.wanted));
  if (gone.length > 0)
    await deployment.call(new client.UntagResourceCommand({ ResourceARN: arn, TagKeys: gone }));
  await deployment.call(
    new client.TagResourceCommand({ ResourceARN: arn, Tags: asTagList(tags.wanted) }),
  );
}

async function deleteAlarm(physicalId: string, deployment: Deployment): Promise<void> {
  try {
    await deployment.call(new client.DeleteAlarmsCommand({ AlarmNames: [physicalId] }));
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFound')) throw error;
  }
}

interface AlarmKind {
  readonly type: string;
  readonly operation: 'PutMetricAlarm' | 'PutCompositeAlarm';
  readonly put: (deployment: Deployment, input: Record<string, unknown>) => Promise<unknown>;
  readonly properties: readonly string[];
  readonly required: readonly string[];
}

function alarmResource({
  type,
  operation,
  put,
  properties,
  required,
}: AlarmKind): ResourceProvider {
  const write = async (
    given: Properties,
    deployment: Deployment,
    name: string,
    tags: client.Tag[] | undefined,
  ): Promise<Provisioned> => {
    const input = toServiceInput(model, operation, { ...given, Tags: undefined, AlarmName: name });
    await put(deployment, tags === undefined ? input : { ...input, Tags: tags });
    const arn = deployment.arn(`alarm:${name}`, { service: 'cloudwatch' });
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return {
    type,
    properties: [...properties, 'AlarmName', 'Tags'],
    required,
    createOnly: ['AlarmName'],
    attributes: ['Arn'],
    async create(given, deployment) {
      const wanted = given['AlarmName'];
      const name =
        typeof wanted === 'string' ? wanted : deployment.generateName({ lengthMax: nameLengthMax });
      await requireFreeName(deployment, type, name);
      return write(given, deployment, name, asTagList(deployment.tags(given['Tags'])));
    },
    async update(given, deployment, { physicalId, previous }) {
      const provisioned = await write(given, deployment, physicalId, undefined);
      await updateTags(deployment, String(provisioned.attributes['Arn']), {
        wanted: deployment.tags(given['Tags']),
        previous: deployment.tags(previous['Tags']),
      });
      return provisioned;
    },
    delete: deleteAlarm,
  };
}

const actionProperties = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'InsufficientDataActions',
  'OKActions',
];

const metricAlarm = alarmResource({
  type: 'AWS::CloudWatch::Alarm',
  operation: 'PutMetricAlarm',
  put: (deployment, input) =>
    deployment.call(
      new client.PutMetricAlarmCommand(input as unknown as client.PutMetricAlarmInput),
    ),
  properties: [
    ...actionProperties,
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluationPeriods',
    'MetricName',
    'Namespace',
    'Period',
    'Statistic',
    'Threshold',
    'TreatMissingData',
    'Unit',
  ],
  required: ['ComparisonOperator', 'EvaluationPeriods'],
});

const compositeAlarm = alarmResource({
  type: 'AWS::CloudWatch::CompositeAlarm',
  operation: 'PutCompositeAlarm',
  put: (deployment, input) =>
    deployment.call(
      new client.PutCompositeAlarmCommand(input as unknown as client.PutCompositeAlarmInput),
    ),
  properties: [...actionProperties, 'AlarmRule'],
  required: ['AlarmRule'],
});

const dashboard: ResourceProvider = {
  type: 'AWS::CloudWatch::Dashboard',
  properties: ['DashboardBody', 'DashboardName'],
  required: ['DashboardBody'],
  createOnly: ['DashboardName'],
  attributes: [],
  async create(properties, deployment) {
    const wanted = properties['DashboardName'];
    const name =
      typeof wanted === 'string' ? wanted : deployment.generateName({ lengthMax: nameLengthMax });
    return putDashboard(properties, deployment, name);
  },
  update: (properties, deployment, { physicalId }) =>
    putDashboard(properties, deployment, physicalId),
  async delete(physicalId, deployment) {
    try {
      await deployment.call(new client.DeleteDashboardsCommand({ DashboardNames: [physicalId] }));
    } catch (error) {
      if (!isAwsError(error, 'DashboardNotFoundError')) throw error;
    }
  },
};

async function putDashboard(
  properties: Properties,
  deployment: Deployment,
  name: string,
): Promise<Provisioned> {
  await deployment.call(
    new client.PutDashboardCommand({
      DashboardName: name,
      DashboardBody: String(properties['DashboardBody']),
    }),
  );
  return { physicalId: name, attributes: {} };
}

export const cloudwatchResources: readonly ResourceProvider[] = [
  metricAlarm,
  compositeAlarm,
  dashboard,
];
