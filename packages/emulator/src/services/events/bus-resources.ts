import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  PutPermissionCommand,
  RemovePermissionCommand,
  UpdateEventBusCommand,
} from '@aws-sdk/client-eventbridge';
import type { Deployment, Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { isRecord } from '../../wire/scalars.ts';
import { exists, tagList, text, updateTags } from './resource-properties.ts';

export const eventBusResource: ResourceProvider = {
  type: 'AWS::Events::EventBus',
  properties: ['Description', 'Name', 'Tags'],
  required: ['Name'],
  createOnly: ['Name'],
  async create(properties, deployment) {
    const Name = text(properties['Name']);
    const { EventBusArn = '' } = await deployment.call(
      new CreateEventBusCommand({
        Name,
        Description: text(properties['Description']),
        Tags: tagList(deployment.tags(properties['Tags'])),
      }),
    );
    return { physicalId: Name ?? '', attributes: { Arn: EventBusArn, Name: Name ?? '' } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const { Arn = '' } = await deployment.call(
      new UpdateEventBusCommand({ Name: physicalId, Description: text(properties['Description']) }),
    );
    await updateTags(deployment, Arn, properties, previous);
    return { physicalId, attributes: { Arn, Name: physicalId } };
  },
  async delete(physicalId, deployment) {
    await deployment.call(new DeleteEventBusCommand({ Name: physicalId }));
  },
};

async function putStatement(deployment: Deployment, properties: Properties): Promise<void> {
  const EventBusName = text(properties['EventBusName']);
  const StatementId = text(properties['StatementId']) ?? '';
  const { Statement: statement, Condition: condition } = properties;
  if (!isRecord(statement)) {
    const given = isRecord(condition) ? condition : undefined;
    await deployment.call(
      new PutPermissionCommand({
        EventBusName,
        StatementId,
        Action: text(properties['Action']),
        Principal: text(properties['Principal']),
        Condition: given && {
          Type: text(given['Type']),
          Key: text(given['Key']),
          Value: text(given['Value']),
        },
      }),
    );
    return;
  }
  const { Policy } = await deployment.call(new DescribeEventBusCommand({ Name: EventBusName }));
  const present: unknown = Policy === undefined ? {} : JSON.parse(Policy);
  const list = isRecord(present) && Array.isArray(present['Statement']) ? present['Statement'] : [];
  const others = list.filter((other: unknown) => !isRecord(other) || other['Sid'] !== StatementId);
  await deployment.call(
    new PutPermissionCommand({
      EventBusName,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [...(others as unknown[]), { ...statement, Sid: StatementId }],
      }),
    }),
  );
}

export const eventBusPolicyResource: ResourceProvider = {
  type: 'AWS::Events::EventBusPolicy',
  properties: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
  required: ['StatementId'],
  createOnly: ['EventBusName', 'StatementId'],
  async create(properties, deployment) {
    await putStatement(deployment, properties);
    return { physicalId: physicalIdOf(properties), attributes: {} };
  },
  async update(properties, deployment) {
    await putStatement(deployment, properties);
    return { physicalId: physicalIdOf(properties), attributes: {} };
  },
  async delete(_, deployment, { properties }) {
    await exists(
      deployment.call(
        new RemovePermissionCommand({
          EventBusName: text(properties['EventBusName']),
          StatementId: text(properties['StatementId']),
        }),
      ),
    );
  },
};

const physicalIdOf = (properties: Properties): string =>
  `${text(properties['EventBusName']) ?? 'default'}|${text(properties['StatementId']) ?? ''}`;
