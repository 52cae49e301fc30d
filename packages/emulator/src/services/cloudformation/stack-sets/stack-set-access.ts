import type { CallAs, DeploymentTargets, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError, isAwsError } from '../../../world/aws-error.ts';
import type { Call } from '../../../world/call.ts';
import type { AccessCheck } from '../../../world/service.ts';
import { organizationOf } from '../../organizations/lookups.ts';
import {
  findAdministration,
  requireAdministration,
  type Administration,
} from './organization-access.ts';
import { findStackSet, type StackSet } from './stack-set-state.ts';

/** Members of inputs that tell which StackSet is meant. */
export interface Naming {
  readonly StackSetName?: string | undefined;
  readonly CallAs?: CallAs | undefined;
}

/** Members of inputs that condition keys and further resources follow from. */
export interface Reach {
  readonly Tags?: readonly Tag[] | undefined;
  readonly TemplateURL?: string | undefined;
  readonly Regions?: readonly string[] | undefined;
  readonly DeploymentTargets?: DeploymentTargets | undefined;
}

const notFound = (name: string | undefined): AwsError =>
  new AwsError('StackSetNotFoundException', `StackSet ${name ?? ''} not found`);

/** @throws AwsError StackSetNotFoundException, ValidationError */
export function requireStackSet(
  call: Call,
  { StackSetName: name, CallAs: callAs }: Naming,
): Administration & { readonly stackSet: StackSet } {
  const administration = findAdministration(call, callAs);
  const stackSet = administration && findStackSet(administration.home, name ?? '');
  if (!stackSet) throw notFound(name);
  return { ...administration, stackSet };
}

/**
 * The same for what changes something.
 *
 * @throws AwsError StackSetNotFoundException, ValidationError
 */
export function requireStackSetToChange(
  call: Call,
  naming: Naming,
): Administration & { readonly stackSet: StackSet } {
  const found = requireStackSet(call, naming);
  requireAdministration(call, naming.CallAs);
  return found;
}

/** For checks that come before the operation says that the StackSet does not exist. */
function findForCheck(call: Call, { StackSetName: name, CallAs: callAs }: Naming) {
  try {
    const found = findAdministration(call, callAs);
    return found && findStackSet(found.home, name ?? '');
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

export const requestTags = (tags: readonly Tag[] | undefined): AccessCheck['context'] => ({
  'aws:TagKeys':
    tags === undefined || tags.length === 0 ? undefined : tags.map(({ Key = '' }) => Key),
  ...Object.fromEntries(
    (tags ?? []).map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]),
  ),
});

/**
 * What IAM checks: the StackSet, and for what works on instances each target and each resource type of the template.
 * A StackSet with service-managed permissions is the management account's, also when a delegated administrator calls:
 * that account's own policies decide then, on ARNs with the management account in them.
 *
 * Source: Service Authorization Reference, CloudFormation: CreateStackInstances and its neighbours.
 */
export function stackSetChecks(
  action: string,
  naming: Naming,
  call: Call,
  reach: Reach = {},
): AccessCheck[] {
  const stackSet = findForCheck(call, naming);
  const owner = organizationOf(call.world, call.account)?.managementAccountId ?? call.account;
  const arn = (resource: string): string => call.arn(resource, { account: owner });
  const name = naming.StackSetName ?? '';
  const id = stackSet?.id ?? (name.includes(':') ? name : `${name}:*`);
  const { DeploymentTargets: targets, Regions: regions } = reach;
  const context = {
    'cloudformation:TemplateUrl': reach.TemplateURL,
    'cloudformation:TargetRegion': regions === undefined ? undefined : [...regions],
    ...requestTags(reach.Tags),
  };
  const tagContext = Object.fromEntries(
    Object.entries(stackSet?.content.tags ?? {}).map(([key, value]) => [
      `aws:ResourceTag/${key}`,
      value,
    ]),
  );
  const targeted = [...(targets?.OrganizationalUnitIds ?? []), ...(targets?.Accounts ?? [])];
  const worksOnInstances = regions !== undefined || targets !== undefined;
  const types = worksOnInstances
    ? [...(stackSet?.content.template.resources.values() ?? [])].map(({ type }) => type)
    : [];
  const further = [
    ...targeted.map((target) => arn(`stackset-target/${id}/${target}`)),
    ...[...new Set(types)].map((type) =>
      call.arn(`type/resource/${type.replaceAll('::', '-')}`, { account: '' }),
    ),
  ];
  const base = { action: `cloudformation:${action}`, resourceAccount: call.account };
  return [
    { ...base, resource: arn(`stackset/${id}`), context: { ...context, ...tagContext } },
    ...further.map((resource) => ({ ...base, resource, context })),
  ];
}
