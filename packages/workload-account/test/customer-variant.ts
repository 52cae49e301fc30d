import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { customerTemplate, type GroupShape } from '@golden/stage/customer-template.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import { minute } from './rollback-fixture.ts';

interface CustomerTemplate {
  Parameters: Record<string, object>;
  Conditions?: Record<string, object>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** The customer's template of the examples, otherwise in some detail. */
export const customerVariant = (
  shapes: readonly GroupShape[],
  change: (template: CustomerTemplate) => void,
): string => {
  const template = JSON.parse(customerTemplate(shapes)) as CustomerTemplate;
  change(template);
  return JSON.stringify(template);
};

/** A resource's properties, to be changed. */
export const propertiesOf = (
  { Resources }: CustomerTemplate,
  logicalId: string,
): Record<string, unknown> => {
  const found = Resources[logicalId];
  if (!found) throw new Error(`the template has no ${logicalId}`);
  return found.Properties;
};

/** Updates the customer's stack with other values and waits until that is done. */
export const updateCustomer = async (
  stage: FleetStage,
  place: Place,
  values: Readonly<Record<string, string>>,
): Promise<void> => {
  const client = stage.infra.client(CloudFormationClient, place);
  const StackName = 'ecs-workload';
  const read = async () =>
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  const kept = ((await read())?.Parameters ?? []).filter(
    ({ ParameterKey = '' }) => !(ParameterKey in values),
  );
  await client.send(
    new UpdateStackCommand({
      StackName,
      UsePreviousTemplate: true,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [
        ...kept.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
        ...Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      ],
    }),
  );
  await stage.world.scheduler.runFor(minute);
  const status = (await read())?.StackStatus;
  if (status !== 'UPDATE_COMPLETE') throw new Error(`the update is ${status ?? 'gone'}`);
};
