import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { publish } from './effective-identity.ts';
import { addRole } from './identities.ts';
import { iamState, type Role } from './state.ts';

/** How a service names its role in a customer's account. */
interface LinkedService {
  readonly service: string;
  readonly roleName: string;
  readonly managedPolicy: string;
  /** Services that the role trusts besides its own. */
  readonly alsoTrusted?: readonly string[];
  readonly allowsSuffix?: boolean;
}

const policyArn = (name: string): string => `arn:aws:iam::aws:policy/aws-service-role/${name}`;

/**
 * Source: the pages "Using service-linked roles" of the user guides of Image Builder, EC2 Auto Scaling, ECS and
 * Organizations, and "Activate trusted access for stack sets" of CloudFormation.
 */
const linkedServices: readonly LinkedService[] = [
  {
    service: 'imagebuilder.amazonaws.com',
    roleName: 'AWSServiceRoleForImageBuilder',
    managedPolicy: policyArn('AWSServiceRoleForImageBuilder'),
    alsoTrusted: ['ssm.amazonaws.com'],
  },
  {
    service: 'autoscaling.amazonaws.com',
    roleName: 'AWSServiceRoleForAutoScaling',
    managedPolicy: policyArn('AutoScalingServiceRolePolicy'),
    allowsSuffix: true,
  },
  {
    service: 'ecs.amazonaws.com',
    roleName: 'AWSServiceRoleForECS',
    managedPolicy: policyArn('AmazonECSServiceRolePolicy'),
  },
  {
    service: 'organizations.amazonaws.com',
    roleName: 'AWSServiceRoleForOrganizations',
    managedPolicy: policyArn('AWSOrganizationsServiceTrustPolicy'),
  },
  {
    service: 'member.org.stacksets.cloudformation.amazonaws.com',
    roleName: 'AWSServiceRoleForCloudFormationStackSetsOrgMember',
    managedPolicy: policyArn('CloudFormationStackSetsOrgMemberServiceRolePolicy'),
  },
  {
    service: 'stacksets.cloudformation.amazonaws.com',
    roleName: 'AWSServiceRoleForCloudFormationStackSetsOrgAdmin',
    managedPolicy: policyArn('CloudFormationStackSetsOrgAdminServiceRolePolicy'),
  },
];

export const linkedService = (service: string): LinkedService | undefined =>
  linkedServices.find((candidate) => candidate.service === service);

/** @throws AwsError for a service whose role is not modelled */
export function requireLinkedService(service: string): LinkedService {
  const found = linkedService(service);
  if (!found)
    throw new AwsError(
      'InvalidInput',
      `a service-linked role of ${service} is not modelled by this emulator`,
    );
  return found;
}

export const linkedRoleName = (linked: LinkedService, suffix: string | undefined): string =>
  suffix === undefined ? linked.roleName : `${linked.roleName}_${suffix}`;

export const linkedRoleArn = (scope: Scope, service: string, roleName: string): string =>
  `arn:aws:iam::${scope.account}:role/aws-service-role/${service}/${roleName}`;

/**
 * What is checked of a caller whose first use of a service makes the service's role.
 *
 * @throws AwsError for a service whose role is not modelled
 */
export const serviceLinkedRoleCheck = (scope: Scope, service: string): AccessCheck => ({
  action: 'iam:CreateServiceLinkedRole',
  resource: linkedRoleArn(scope, service, requireLinkedService(service).roleName),
  context: { 'iam:AWSServiceName': service },
});

export function findLinkedRole(scope: Scope, service: string): Role | undefined {
  const role = iamState.in(scope).roles.get(requireLinkedService(service).roleName.toLowerCase());
  return role?.serviceLinkedFor === service ? role : undefined;
}

/** Makes a service-linked role: the service decides its trust and its rights, nobody else. */
export function addLinkedRole(
  scope: Scope,
  options: {
    service: string;
    suffix?: string | undefined;
    description?: string | undefined;
    /** How long until it counts; the world's propagation time when left out. */
    delayMs?: number;
  },
): Role {
  const linked = requireLinkedService(options.service);
  const iam = scope.at({ region: 'us-east-1', service: 'iam' });
  const name = linkedRoleName(linked, options.suffix);
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Principal: { Service: [options.service, ...(linked.alsoTrusted ?? [])] },
      },
    ],
  });
  const role = addRole(iam, {
    name,
    path: `/aws-service-role/${options.service}/`,
    trust,
    description: options.description,
    serviceLinkedFor: options.service,
  });
  role.attached.add(linked.managedPolicy);
  publish(iam, role, options.delayMs);
  return role;
}
