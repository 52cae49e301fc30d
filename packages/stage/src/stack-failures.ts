import {
  paginateDescribeStackEvents,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';

/** Why resources of a stack failed, newest first: `<logical id>: <reason>`. */
export async function stackFailures(
  client: CloudFormationClient,
  StackName: string,
): Promise<string[]> {
  const reasons: string[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName }))
    for (const { ResourceStatus, LogicalResourceId = '', ResourceStatusReason = '' } of StackEvents)
      if (ResourceStatus?.endsWith('FAILED'))
        reasons.push(`${LogicalResourceId}: ${ResourceStatusReason}`);
  return reasons;
}
