import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetOperationCommand,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { sameValue } from '../../cloudformation/property-diff.ts';
import {
  MadeButFailed,
  type Deployment,
  type Provisioned,
  type ResourceProvider,
} from '../../cloudformation/provider.ts';
import {
  booleanProperty,
  integerProperty,
  readProperties,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { instanceChanges, type InstancesCall } from './stack-set-resource-groups.ts';

/** How often CloudFormation looks at an operation, and for how long: 12 hours, as the resource type's handlers say. */
const pollMs = 15_000;
const pollsMax = (12 * 3_600_000) / pollMs;
/** How long it waits for another operation on the StackSet. */
const roomAttemptsMax = 240;

const parametersProperty = v.array(
  v.strictObject({ ParameterKey: textProperty, ParameterValue: textProperty }),
);

// Source: CloudFormation Template Reference, AWS::CloudFormation::StackSet.
const schema = v.strictObject({
  AutoDeployment: v.optional(
    v.strictObject({
      DependsOn: v.optional(v.array(textProperty)),
      Enabled: v.optional(booleanProperty),
      RetainStacksOnAccountRemoval: v.optional(booleanProperty),
    }),
  ),
  CallAs: v.optional(v.picklist(['SELF', 'DELEGATED_ADMIN'])),
  Capabilities: v.optional(
    v.array(v.picklist(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'])),
  ),
  Description: v.optional(textProperty),
  ManagedExecution: v.optional(v.strictObject({ Active: v.optional(booleanProperty) })),
  OperationPreferences: v.optional(
    v.strictObject({
      ConcurrencyMode: v.optional(
        v.picklist(['STRICT_FAILURE_TOLERANCE', 'SOFT_FAILURE_TOLERANCE']),
      ),
      FailureToleranceCount: v.optional(integerProperty),
      FailureTolerancePercentage: v.optional(integerProperty),
      MaxConcurrentCount: v.optional(integerProperty),
      MaxConcurrentPercentage: v.optional(integerProperty),
      RegionConcurrencyType: v.optional(v.picklist(['SEQUENTIAL', 'PARALLEL'])),
      RegionOrder: v.optional(v.array(textProperty)),
    }),
  ),
  Parameters: v.optional(parametersProperty),
  PermissionModel: v.picklist(['SERVICE_MANAGED', 'SELF_MANAGED']),
  StackInstancesGroup: v.optional(
    v.array(
      v.strictObject({
        DeploymentTargets: v.strictObject({
          AccountFilterType: v.optional(
            v.picklist(['NONE', 'INTERSECTION', 'DIFFERENCE', 'UNION']),
          ),
          Accounts: v.optional(v.array(textProperty)),
          AccountsUrl: v.optional(textProperty),
          OrganizationalUnitIds: v.optional(v.array(textProperty)),
        }),
        ParameterOverrides: v.optional(parametersProperty),
        Regions: v.array(textProperty),
      }),
    ),
  ),
  StackSetName: textProperty,
  Tags: v.optional(tagsProperty),
  TemplateBody: v.optional(textProperty),
  TemplateURL: v.optional(textProperty),
});

type Wanted = v.InferOutput<typeof schema>;

const provisioned = (id: string): Provisioned => ({
  physicalId: id,
  attributes: { StackSetId: id },
});

export const stackSetResource: ResourceProvider = {
  type: 'AWS::CloudFormation::StackSet',
  properties: Object.keys(schema.entries),
  required: ['StackSetName', 'PermissionModel'],
  createOnly: ['StackSetName', 'PermissionModel'],
  attributes: ['StackSetId'],

  async create(given, deployment) {
    const wanted = readProperties(schema, given);
    const { StackSetId: id = '' } = await deployment.call(
      new CreateStackSetCommand({
        ...contentOf(wanted, deployment),
        PermissionModel: wanted.PermissionModel,
        ClientRequestToken: deployment.uuid('client-token'),
        StackSetName: wanted.StackSetName,
      }),
    );
    try {
      await moveInstances(deployment, { id, before: undefined, after: wanted });
    } catch (error) {
      throw error instanceof AwsError ? new MadeButFailed(id, error) : error;
    }
    return provisioned(id);
  },

  async update(given, deployment, { physicalId: id, previous }) {
    const after = readProperties(schema, given);
    const before = readProperties(schema, previous);
    if (
      !sameValue(
        setPartOf(before, deployment.previousTags(before.Tags)),
        setPartOf(after, deployment.tags(after.Tags)),
      )
    )
      await operate(deployment, after, id, () =>
        deployment.call(
          new UpdateStackSetCommand({
            ...contentOf(after, deployment),
            ...preferencesOf(after),
            StackSetName: id,
            OperationId: deployment.uuid('operation'),
          }),
        ),
      );
    await moveInstances(deployment, { id, before, after });
    return provisioned(id);
  },

  async delete(id, deployment, { properties }) {
    const wanted = readProperties(schema, properties);
    try {
      await moveInstances(deployment, {
        id,
        before: wanted,
        after: { ...wanted, StackInstancesGroup: [] },
      });
      await deployment.call(new DeleteStackSetCommand({ StackSetName: id, ...callAsOf(wanted) }));
    } catch (error) {
      if (!isAwsError(error, 'StackSetNotFoundException')) throw error;
    }
  },
};

const callAsOf = ({ CallAs }: Wanted) => (CallAs === undefined ? {} : { CallAs });

const preferencesOf = ({ OperationPreferences: preferences }: Wanted) =>
  preferences === undefined ? {} : { OperationPreferences: preferences };

/** What of a StackSet itself its operations take under the same names. */
function setPartOf(wanted: Wanted, tags: Readonly<Record<string, string>>) {
  const { AutoDeployment, Capabilities, Description, ManagedExecution, Parameters } = wanted;
  return {
    ...(AutoDeployment === undefined ? {} : { AutoDeployment }),
    ...(Capabilities === undefined ? {} : { Capabilities }),
    ...(Description === undefined ? {} : { Description }),
    ...(ManagedExecution === undefined ? {} : { ManagedExecution }),
    ...(Parameters === undefined ? {} : { Parameters }),
    ...(wanted.TemplateBody === undefined ? {} : { TemplateBody: wanted.TemplateBody }),
    ...(wanted.TemplateURL === undefined ? {} : { TemplateURL: wanted.TemplateURL }),
    // CloudFormation's own tags are not for a StackSet, which hands its tags on to stacks.
    Tags: Object.entries(tags)
      .filter(([key]) => !key.startsWith('aws:'))
      .map(([Key, Value]) => ({ Key, Value })),
  };
}

const contentOf = (wanted: Wanted, deployment: Deployment) => ({
  ...setPartOf(wanted, deployment.tags(wanted.Tags)),
  ...callAsOf(wanted),
});

/** Creates, deletes and changes the instances that differ between two versions of the properties. */
async function moveInstances(
  deployment: Deployment,
  move: { readonly id: string; readonly before: Wanted | undefined; readonly after: Wanted },
): Promise<void> {
  const { id, before, after } = move;
  const { removed, added, changed } = instanceChanges(
    before?.StackInstancesGroup ?? [],
    after.StackInstancesGroup ?? [],
  );
  const inputOf = (call: InstancesCall) => ({
    DeploymentTargets: call.DeploymentTargets,
    Regions: call.Regions,
    StackSetName: id,
    OperationId: deployment.uuid('operation'),
    ...callAsOf(after),
    ...preferencesOf(after),
  });
  for (const call of removed)
    await operate(deployment, after, id, () =>
      deployment.call(new DeleteStackInstancesCommand({ ...inputOf(call), RetainStacks: false })),
    );
  for (const call of added)
    await operate(deployment, after, id, () =>
      deployment.call(
        new CreateStackInstancesCommand({
          ...inputOf(call),
          ...(call.ParameterOverrides.length > 0
            ? { ParameterOverrides: call.ParameterOverrides }
            : {}),
        }),
      ),
    );
  for (const call of changed)
    await operate(deployment, after, id, () =>
      deployment.call(
        new UpdateStackInstancesCommand({
          ...inputOf(call),
          ParameterOverrides: call.ParameterOverrides,
        }),
      ),
    );
}

/**
 * Starts an operation once there is room for it, and waits for its end.
 *
 * @throws AwsError when it does not succeed
 */
async function operate(
  deployment: Deployment,
  wanted: Wanted,
  id: string,
  start: () => Promise<{ OperationId?: string | undefined }>,
): Promise<void> {
  const { OperationId } = await startWhenFree(deployment, start);
  for (let poll = 0; poll < pollsMax; poll += 1) {
    await deployment.world.scheduler.sleep(pollMs);
    const { StackSetOperation: found } = await deployment.call(
      new DescribeStackSetOperationCommand({
        StackSetName: id,
        OperationId,
        ...callAsOf(wanted),
      }),
    );
    if (found?.Status === 'SUCCEEDED') return;
    if (found?.Status === 'FAILED' || found?.Status === 'STOPPED')
      throw new AwsError(
        'OperationFailed',
        `Operation [${OperationId ?? ''}] has unexpected status [${found.Status}]`,
      );
  }
  throw new AwsError('NotStabilized', `Operation [${OperationId ?? ''}] has not come to its end`);
}

async function startWhenFree<T>(deployment: Deployment, start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!isAwsError(error, 'OperationInProgressException') || attempt >= roomAttemptsMax)
        throw error;
      await deployment.world.scheduler.sleep(pollMs);
    }
  }
}
