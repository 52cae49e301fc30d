import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { imageBuilderInstanceProfile, imageBuilderServiceRole } from './image-builder-policies.ts';
import { actions, allow, type PolicyStatement } from './policy-statement.ts';
import {
  autoScalingServiceRole,
  ecsInstanceRole,
  ecsServiceRole,
  managedInstanceCore,
  organizationsServiceRole,
  stackSetsAdminRole,
  stackSetsMemberRole,
} from './service-role-policies.ts';

/** A policy that AWS wrote and keeps. */
export interface AwsManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** ANPA..., as stable as in AWS. */
  readonly id: string;
  /** JSON text. */
  readonly document: string;
  readonly compiled: CompiledPolicy;
}

interface Definition {
  readonly path: string;
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

const define = (
  path: string,
  name: string,
  statements: readonly PolicyStatement[],
): Definition => ({ path, name, statements });

/**
 * The AWS managed policies that exist here; every other one is NoSuchEntity.
 *
 * Source: AWS Managed Policy Reference.
 */
const definitions: readonly Definition[] = [
  define('/', 'AdministratorAccess', [allow('*')]),
  define('/', 'AmazonSSMManagedInstanceCore', managedInstanceCore),
  define('/', 'EC2InstanceProfileForImageBuilder', imageBuilderInstanceProfile),
  define('/service-role/', 'AWSLambdaBasicExecutionRole', [
    allow(actions('logs', 'CreateLogGroup', 'CreateLogStream', 'PutLogEvents')),
  ]),
  define('/service-role/', 'AmazonEC2ContainerServiceforEC2Role', ecsInstanceRole),
  define('/aws-service-role/', 'AWSServiceRoleForImageBuilder', imageBuilderServiceRole),
  define('/aws-service-role/', 'AutoScalingServiceRolePolicy', autoScalingServiceRole),
  define('/aws-service-role/', 'AmazonECSServiceRolePolicy', ecsServiceRole),
  define('/aws-service-role/', 'AWSOrganizationsServiceTrustPolicy', organizationsServiceRole),
  define(
    '/aws-service-role/',
    'CloudFormationStackSetsOrgMemberServiceRolePolicy',
    stackSetsMemberRole,
  ),
  define(
    '/aws-service-role/',
    'CloudFormationStackSetsOrgAdminServiceRolePolicy',
    stackSetsAdminRole,
  ),
];

const toPolicy = ({ path, name, statements }: Definition, index: number): AwsManagedPolicy => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2);
  return {
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    name,
    path,
    id: `ANPA${String(index).padStart(17, 'A')}`,
    document,
    compiled: compilePolicy(document, { name, kind: 'identity' }),
  };
};

/** By ARN, in the order of the table. */
export const awsManagedPolicies: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  definitions.map(toPolicy).map((policy) => [policy.arn, policy]),
);

export const awsManagedPolicy = (arn: string): AwsManagedPolicy | undefined =>
  awsManagedPolicies.get(arn);
