import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateDefaultVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { customerStackName, type FleetStage, type Place } from './fleet-stage.ts';
import { hour, type InfraStage } from './infra-stage.ts';

/** Long enough for the stack of the examples and for its alarm to forget what its first minutes were like. */
const settles = hour;

/**
 * Gives many accounts what a customer has, all at the same time: `deployCustomer` waits for each.
 *
 * @throws Error for a stack that is not there after an hour
 */
export async function deployCustomers(
  { infra, world }: FleetStage,
  places: readonly Place[],
  template: string,
): Promise<void> {
  for (const place of places) await create(infra, place, template);
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

async function create(infra: InfraStage, place: Place, TemplateBody: string): Promise<void> {
  const ec2 = infra.client(EC2Client, place);
  await ec2.send(new CreateDefaultVpcCommand({}));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const values = {
    Line: infra.line,
    SubnetIds: Subnets.map(({ SubnetId }) => SubnetId).join(','),
    SecurityGroupId: SecurityGroups[0]?.GroupId ?? '',
  };
  await infra.client(CloudFormationClient, place).send(
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
