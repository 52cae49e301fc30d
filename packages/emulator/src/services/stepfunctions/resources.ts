import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  type LoggingConfiguration,
  type LogLevel,
  type StateMachineType,
  type Tag,
} from '@aws-sdk/client-sfn';
import {
  NotReadyYet,
  type Deployment,
  type Properties,
  type Provisioned,
  type ResourceProvider,
} from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { requireAbsent } from '../../cloudformation/require-absent.ts';
import { isRecord } from '../../wire/scalars.ts';
import { isAwsError } from '../../world/aws-error.ts';

const text = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

const isTrue = (value: unknown): boolean => value === true || value === 'true';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Source: CloudFormation resource type AWS::StepFunctions::StateMachine, DefinitionSubstitutions. */
function definitionOf(properties: Properties): string {
  const { Definition, DefinitionString, DefinitionSubstitutions = {} } = properties;
  if ((Definition === undefined) === (DefinitionString === undefined))
    throw new PropertyError(
      'Definition',
      'exactly one of Definition and DefinitionString is needed',
    );
  if (!isRecord(DefinitionSubstitutions))
    throw new PropertyError('DefinitionSubstitutions', 'expected type: JSONObject');
  const definition = text(Definition ?? DefinitionString) ?? '';
  return definition.replaceAll(/\$\{([A-Za-z0-9_.-]+)\}/g, (whole, name: string) => {
    const value = DefinitionSubstitutions[name];
    if (value === undefined) return whole;
    const replacement = text(value) ?? '';
    // Within the text of an object the replacement stands inside of a JSON string.
    return Definition === undefined ? replacement : JSON.stringify(replacement).slice(1, -1);
  });
}

function loggingOf(properties: Properties): LoggingConfiguration {
  const given = properties['LoggingConfiguration'];
  if (given === undefined) return { level: 'OFF' };
  if (!isRecord(given))
    throw new PropertyError('LoggingConfiguration', 'expected type: JSONObject');
  return {
    level: (text(given['Level']) ?? 'OFF') as LogLevel,
    includeExecutionData: isTrue(given['IncludeExecutionData']),
    destinations: listOf(given['Destinations']).map((destination) => {
      const group = isRecord(destination) ? destination['CloudWatchLogsLogGroup'] : undefined;
      return {
        cloudWatchLogsLogGroup: {
          logGroupArn: isRecord(group) ? text(group['LogGroupArn']) : undefined,
        },
      };
    }),
  };
}

const inputOf = (properties: Properties) => {
  const tracing = properties['TracingConfiguration'];
  return {
    definition: definitionOf(properties),
    roleArn: text(properties['RoleArn']) ?? '',
    loggingConfiguration: loggingOf(properties),
    tracingConfiguration: { enabled: isRecord(tracing) && isTrue(tracing['Enabled']) },
  };
};

/** A role of the same stack counts a little later; the handler tries again until it does. */
async function onceRoleCounts<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (
      isAwsError(error, 'AccessDeniedException') &&
      /^Neither the global|^The state machine IAM Role/.test(error.message)
    )
      throw new NotReadyYet(error.message);
    throw error;
  }
}

async function provisioned(deployment: Deployment, arn: string): Promise<Provisioned> {
  const { name = '', revisionId = 'INITIAL' } = await deployment.call(
    new DescribeStateMachineCommand({ stateMachineArn: arn }),
  );
  return {
    physicalId: arn,
    attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId },
  };
}

/**
 * Source: CloudFormation resource type AWS::StepFunctions::StateMachine; DefinitionS3Location and
 * EncryptionConfiguration are not modelled.
 */
export const stateMachineResource: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachine',
  properties: [
    'Definition',
    'DefinitionString',
    'DefinitionSubstitutions',
    'LoggingConfiguration',
    'RoleArn',
    'StateMachineName',
    'StateMachineType',
    'Tags',
    'TracingConfiguration',
  ],
  required: ['RoleArn'],
  createOnly: ['StateMachineName', 'StateMachineType'],
  attributes: ['Arn', 'Name', 'StateMachineRevisionId'],

  async create(properties, deployment) {
    const name =
      text(properties['StateMachineName']) ??
      `${deployment.logicalId.slice(0, 67)}-${deployment.code('physical-name', 12)}`;
    const existing = deployment.arn(`stateMachine:${name}`, { service: 'states' });
    await requireFreeName(deployment, existing);
    const { stateMachineArn = '' } = await onceRoleCounts(
      deployment.call(
        new CreateStateMachineCommand({
          ...inputOf(properties),
          name,
          type: (text(properties['StateMachineType']) ?? 'STANDARD') as StateMachineType,
          tags: tagList(deployment.tags(properties['Tags'])),
        }),
      ),
    );
    return provisioned(deployment, stateMachineArn);
  },

  async update(properties, deployment, { physicalId, previous }) {
    await onceRoleCounts(
      deployment.call(
        new UpdateStateMachineCommand({ ...inputOf(properties), stateMachineArn: physicalId }),
      ),
    );
    const before = deployment.previousTags(previous['Tags']);
    const after = deployment.tags(properties['Tags']);
    const gone = Object.keys(before).filter((key) => !(key in after));
    const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
    if (gone.length > 0)
      await deployment.call(new UntagResourceCommand({ resourceArn: physicalId, tagKeys: gone }));
    if (changed.length > 0)
      await deployment.call(
        new TagResourceCommand({
          resourceArn: physicalId,
          tags: tagList(Object.fromEntries(changed)),
        }),
      );
    return provisioned(deployment, physicalId);
  },

  async delete(physicalId, deployment) {
    await deployment.call(new DeleteStateMachineCommand({ stateMachineArn: physicalId }));
  },
};

/** CreateStateMachine repeats without an error; a stack does not take over a machine that is there. */
const requireFreeName = (deployment: Deployment, arn: string): Promise<void> =>
  requireAbsent(deployment.call(new DescribeStateMachineCommand({ stateMachineArn: arn })), {
    isMissing: (error) => isAwsError(error, 'StateMachineDoesNotExist'),
    type: 'AWS::StepFunctions::StateMachine',
    identifier: arn,
  });
