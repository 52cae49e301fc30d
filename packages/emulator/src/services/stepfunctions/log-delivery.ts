import {
  DescribeLogGroupsCommand,
  DescribeResourcePoliciesCommand,
  PutResourcePolicyCommand,
  type ResourcePolicy,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { AssumedRolePrincipal, Principal } from '../../iam/principal.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { roleAllows } from '../lambda/function-role.ts';

const deliveryService = 'delivery.logs.amazonaws.com';
/** CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs": the policy that services keep for their deliveries. */
const policyName = 'AWSLogDeliveryWrite20150319';

/** Source: Step Functions Developer Guide, "Logging using CloudWatch Logs", IAM policies; each on all resources. */
const neededActions = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

const groupPattern =
  /^arn:aws:logs:(?<region>[a-z0-9-]+):(?<account>\d{12}):log-group:(?<name>[^:*]+):\*$/;

export const logGroupName = (logging: LoggingConfiguration): string | undefined =>
  groupPattern.exec(logging.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? '')?.groups?.[
    'name'
  ];

/** Who writes the lines: CloudWatch's delivery, which the group's resource policies let in. */
export const deliveryPrincipal = (scope: Scope): Principal => ({
  kind: 'service',
  service: deliveryService,
  sourceArn: scope.arn('*', { service: 'logs' }),
  sourceAccount: scope.account,
});

/** @throws AwsError InvalidLoggingConfiguration */
export function requireLogging(
  scope: Scope,
  given: LoggingConfiguration | undefined,
): LoggingConfiguration {
  const { level = 'OFF', includeExecutionData = false, destinations = [] } = given ?? {};
  const invalid = (problem: string): AwsError =>
    new AwsError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`);
  if (!['ALL', 'ERROR', 'FATAL', 'OFF'].includes(level)) throw invalid(`level ${level}.`);
  if (destinations.length > 1) throw invalid('Must specify exactly one Log Destination.');
  if (level !== 'OFF' && destinations.length === 0)
    throw invalid('Must specify exactly one Log Destination.');
  for (const { cloudWatchLogsLogGroup } of destinations) {
    const found = groupPattern.exec(cloudWatchLogsLogGroup?.logGroupArn ?? '')?.groups;
    if (!found || found['account'] !== scope.account || found['region'] !== scope.region)
      throw invalid('Log Destination not found.');
  }
  return { level, includeExecutionData, destinations };
}

/**
 * Sets up the delivery as the role of the machine, as AWS does when a machine with logging is made or changed.
 *
 * @throws AwsError AccessDeniedException when the role may not, or the group cannot be written to;
 *   InvalidLoggingConfiguration when there is no such group
 */
export async function setUpDelivery(
  scope: Scope,
  role: AssumedRolePrincipal,
  logging: LoggingConfiguration,
): Promise<void> {
  const name = logGroupName(logging);
  if (logging.level === 'OFF' || name === undefined) return;
  const denied = new AwsError(
    'AccessDeniedException',
    'The state machine IAM Role is not authorized to access the Log Destination',
    { status: 400 },
  );
  if (!neededActions.every((action) => roleAllows(scope, role, { action, resource: '*' })))
    throw denied;
  try {
    const { logGroups = [] } = await scope.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: name }),
      { as: role },
    );
    if (!logGroups.some(({ logGroupName: found }) => found === name))
      throw new AwsError(
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Log Destination not found.',
      );
    await letDeliveryIn(scope, role, name);
  } catch (error) {
    if (error instanceof AwsError && error.code !== 'InvalidLoggingConfiguration') throw denied;
    throw error;
  }
}

async function letDeliveryIn(
  scope: Scope,
  role: AssumedRolePrincipal,
  group: string,
): Promise<void> {
  const policies = await resourcePolicies(scope, role);
  const document = policies.find((policy) => policy.policyName === policyName);
  const resource = `${scope.arn(`log-group:${group}`, { service: 'logs' })}:log-stream:*`;
  const resources = resourcesOf(document?.policyDocument);
  if (resources.includes(resource)) return;
  await scope.send(
    new PutResourcePolicyCommand({
      policyName,
      policyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: policyName,
            Effect: 'Allow',
            Principal: { Service: deliveryService },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: [...resources, resource],
            Condition: {
              StringEquals: { 'aws:SourceAccount': scope.account },
              ArnLike: { 'aws:SourceArn': scope.arn('*', { service: 'logs' }) },
            },
          },
        ],
      }),
    }),
    { as: role },
  );
}

async function resourcePolicies(
  scope: Scope,
  role: AssumedRolePrincipal,
): Promise<ResourcePolicy[]> {
  const found: ResourcePolicy[] = [];
  let nextToken: string | undefined;
  do {
    const page = await scope.send(new DescribeResourcePoliciesCommand({ nextToken }), { as: role });
    found.push(...(page.resourcePolicies ?? []));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return found;
}

function resourcesOf(document: string | undefined): string[] {
  const parsed: unknown = JSON.parse(document ?? '{}');
  const statements: unknown = isRecord(parsed) ? parsed['Statement'] : undefined;
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((statement: unknown) => {
    const resources: unknown = isRecord(statement) ? statement['Resource'] : undefined;
    return Array.isArray(resources) ? resources.map(String) : [];
  });
}
