import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { customerStackName, type FleetStage, type Place } from './fleet-stage.ts';
import { hour } from './infra-stage.ts';

/** Long enough for the stack of the examples and for its alarm to forget what its first minutes were like. */
const settles = hour;

/**
 * Gives many accounts what a customer has, all at the same time: `deployCustomer` waits for each.
 *
 * @param templateOf the customer's template, the same for all places or one for each
 * @throws Error for a stack that is not there after an hour
 */
export async function deployCustomers<P extends Place>(
  fleet: FleetStage,
  places: readonly P[],
  templateOf: string | ((place: P) => string),
): Promise<void> {
  const { infra, world } = fleet;
  if (places.length === 0) return;
  for (const place of places)
    await create(fleet, place, typeof templateOf === 'string' ? templateOf : templateOf(place));
  await world.scheduler.runFor(settles);
  for (const place of places) {
    const { Stacks } = await infra
      .client(CloudFormationClient, place)
      .send(new DescribeStacksCommand({ StackName: customerStackName }));
    const { StackStatus = 'gone' } = Stacks?.[0] ?? {};
    if (StackStatus !== 'CREATE_COMPLETE')
      throw new Error(`the customer's stack in ${place.account.name} is ${StackStatus}`);
  }
}

async function create(fleet: FleetStage, place: Place, TemplateBody: string): Promise<void> {
  const values = await fleet.customerParameters(place);
  await fleet.infra.client(CloudFormationClient, place).send(
    new CreateStackCommand({
      StackName: customerStackName,
      TemplateBody,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
}
