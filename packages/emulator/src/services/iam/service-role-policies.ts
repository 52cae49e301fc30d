import { actions, allow, type PolicyStatement } from './policy-statement.ts';

// Source: AWS Managed Policy Reference, under the names beside the tables. Left out are actions of services that are
// not part of this emulator.

/** AutoScalingServiceRolePolicy v10 */
export const autoScalingServiceRole: readonly PolicyStatement[] = [
  allow(
    actions(
      'ec2',
      'CancelSpotInstanceRequests',
      'CreateFleet',
      'CreateReplaceRootVolumeTask',
      'CreateTags',
      'DeleteTags',
      'Describe*',
      'GetInstanceTypesFromInstanceRequirements',
      'GetSecurityGroupsForVpc',
      'ModifyInstanceAttribute',
      'RequestSpotInstances',
      'RunInstances',
      'StartInstances',
      'StopInstances',
      'TerminateInstances',
    ),
  ),
  allow('iam:PassRole', '*', { StringLike: { 'iam:PassedToService': 'ec2.amazonaws.com*' } }),
  allow('iam:CreateServiceLinkedRole', '*', {
    StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' },
  }),
  allow(actions('elasticloadbalancing', 'Register*', 'Deregister*', 'Describe*')),
  allow(actions('cloudwatch', 'DeleteAlarms', 'DescribeAlarms', 'GetMetricData', 'PutMetricAlarm')),
  allow('sns:Publish'),
  allow(actions('events', 'PutRule', 'PutTargets', 'RemoveTargets', 'DeleteRule'), '*', {
    StringEquals: { 'events:ManagedBy': 'autoscaling.amazonaws.com' },
  }),
  allow('ssm:GetParameters'),
];

/** AmazonECSServiceRolePolicy v24 */
export const ecsServiceRole: readonly PolicyStatement[] = [
  allow(
    actions(
      'ec2',
      'AttachNetworkInterface',
      'CreateNetworkInterface',
      'CreateNetworkInterfacePermission',
      'DeleteNetworkInterface',
      'DeleteNetworkInterfacePermission',
      'Describe*',
      'DetachNetworkInterface',
    ),
  ),
  allow('autoscaling:Describe*'),
  allow(
    actions(
      'autoscaling',
      'CompleteLifecycleAction',
      'DeleteLifecycleHook',
      'DeletePolicy',
      'PutLifecycleHook',
      'PutScalingPolicy',
      'RecordLifecycleActionHeartbeat',
      'SetInstanceProtection',
      'TerminateInstanceInAutoScalingGroup',
      'UpdateAutoScalingGroup',
    ),
    '*',
    { Null: { 'autoscaling:ResourceTag/AmazonECSManaged': 'false' } },
  ),
  allow(
    actions('events', 'DescribeRule', 'ListTargetsByRule'),
    'arn:aws:events:*:*:rule/ecs-managed-*',
  ),
  allow(actions('events', 'PutRule', 'PutTargets'), '*', {
    StringEquals: { 'events:ManagedBy': 'ecs.amazonaws.com' },
  }),
  allow(
    actions('cloudwatch', 'DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm'),
    'arn:aws:cloudwatch:*:*:alarm:*',
  ),
  allow('ec2:CreateTags', 'arn:aws:ec2:*:*:network-interface/*'),
];

/** AmazonEC2ContainerServiceforEC2Role v10 */
export const ecsInstanceRole: readonly PolicyStatement[] = [
  allow([
    'ec2:DescribeTags',
    ...actions(
      'ecs',
      'CreateCluster',
      'DeregisterContainerInstance',
      'DiscoverPollEndpoint',
      'Poll',
      'RegisterContainerInstance',
      'StartTelemetrySession',
      'UpdateContainerInstancesState',
      'Submit*',
    ),
    ...actions(
      'ecr',
      'GetAuthorizationToken',
      'BatchCheckLayerAvailability',
      'GetDownloadUrlForLayer',
      'BatchGetImage',
    ),
    ...actions('logs', 'CreateLogStream', 'PutLogEvents'),
  ]),
  allow('ecs:TagResource', '*', {
    StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'RegisterContainerInstance'] },
  }),
  allow('ecs:ListTagsForResource', [
    'arn:aws:ecs:*:*:task/*/*',
    'arn:aws:ecs:*:*:container-instance/*/*',
  ]),
];

/** AmazonSSMManagedInstanceCore v2 */
export const managedInstanceCore: readonly PolicyStatement[] = [
  allow(
    actions(
      'ssm',
      'DescribeAssociation',
      'DescribeDocument',
      'GetDeployablePatchSnapshotForInstance',
      'GetDocument',
      'GetManifest',
      'GetParameter',
      'GetParameters',
      'ListAssociations',
      'ListInstanceAssociations',
      'PutComplianceItems',
      'PutConfigurePackageResult',
      'PutInventory',
      'UpdateAssociationStatus',
      'UpdateInstanceAssociationStatus',
      'UpdateInstanceInformation',
    ),
  ),
  allow(
    actions(
      'ssmmessages',
      'CreateControlChannel',
      'CreateDataChannel',
      'OpenControlChannel',
      'OpenDataChannel',
    ),
  ),
  allow(
    actions(
      'ec2messages',
      'AcknowledgeMessage',
      'DeleteMessage',
      'FailMessage',
      'GetEndpoint',
      'GetMessages',
      'SendReply',
    ),
  ),
];

/** CloudFormationStackSetsOrgMemberServiceRolePolicy v2 */
export const stackSetsMemberRole: readonly PolicyStatement[] = [
  allow(
    actions(
      'cloudformation',
      'CreateStack',
      'DescribeStackEvents',
      'UpdateStack',
      'DeleteStack',
      'DescribeStacks',
    ),
    'arn:aws:cloudformation:*:*:stack/stacksets-exec-role-stack-*',
    { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } },
  ),
  allow(
    actions(
      'iam',
      'CreateRole',
      'DeleteRole',
      'GetRole',
      'GetRolePolicy',
      'DeleteRolePolicy',
      'PutRolePolicy',
    ),
    'arn:aws:iam::*:role/stacksets-exec-*',
    { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } },
  ),
  allow(
    actions('iam', 'DetachRolePolicy', 'AttachRolePolicy'),
    'arn:aws:iam::*:role/stacksets-exec-*',
    {
      StringEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
    },
  ),
];

/** CloudFormationStackSetsOrgAdminServiceRolePolicy v1 */
export const stackSetsAdminRole: readonly PolicyStatement[] = [
  allow(actions('organizations', 'List*', 'Describe*')),
  allow('sts:AssumeRole', 'arn:aws:iam::*:role/stacksets-exec-*'),
];

/** AWSOrganizationsServiceTrustPolicy v3 */
export const organizationsServiceRole: readonly PolicyStatement[] = [
  allow('iam:DeleteRole', 'arn:aws:iam::*:role/aws-service-role/organizations.amazonaws.com/*'),
  allow('iam:CreateServiceLinkedRole'),
  allow('iam:ListRoles', 'arn:aws:iam::*:role/aws-service-role/*'),
];
