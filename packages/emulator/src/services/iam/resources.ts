import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { instanceProfileResource } from './instance-profile-resource.ts';
import { managedPolicyResource } from './managed-policy-resource.ts';
import { policyResource, rolePolicyResource } from './policy-resources.ts';
import { roleResource } from './role-resource.ts';
import { serviceLinkedRoleResource } from './service-linked-role-resource.ts';

/** How CloudFormation makes IAM's resource types. */
export const iamResources: readonly ResourceProvider[] = [
  instanceProfileResource,
  managedPolicyResource,
  policyResource,
  rolePolicyResource,
  roleResource,
  serviceLinkedRoleResource,
];
