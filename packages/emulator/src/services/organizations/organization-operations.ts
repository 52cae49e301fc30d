import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { serviceLinkedRoleCheck } from '../iam/service-linked-roles.ts';
import {
  check,
  organizationOf,
  organizationsOf,
  requireOrganization,
  requireReader,
} from './lookups.ts';
import { join } from './membership.ts';
import type { Organization } from './state.ts';

const describe = (call: Call, organization: Organization): client.Organization => {
  const owner = organization.managementAccountId;
  return {
    Id: organization.id,
    Arn: organization.arn,
    FeatureSet: 'ALL',
    MasterAccountArn: organization.members.get(owner)?.arn,
    MasterAccountId: owner,
    MasterAccountEmail: call.world.directory.get(owner)?.email,
    AvailablePolicyTypes: [],
  };
};

/** Lower-case letters and digits, as in the ids of organizations, roots and OUs. */
export const lowerCaseCode = (call: Call, kind: string, length: number): string =>
  call.code(kind, length).toLowerCase();

const createOrganization = operation<
  client.CreateOrganizationCommandInput,
  Partial<client.CreateOrganizationCommandOutput>
>({
  authorize: (_, call) => [
    { action: 'organizations:CreateOrganization', resource: '*' },
    serviceLinkedRoleCheck(call, 'organizations.amazonaws.com'),
  ],
  run(input, call) {
    if ((input.FeatureSet ?? 'ALL') !== 'ALL')
      throw new AwsError(
        'InvalidInputException',
        `the feature set ${input.FeatureSet ?? ''} is not modelled by this emulator`,
      );
    if (organizationOf(call.world, call.account))
      throw new AwsError(
        'AlreadyInOrganizationException',
        'The AWS account is already a member of an organization.',
      );
    const id = `o-${lowerCaseCode(call, 'organization', 10)}`;
    const rootId = `r-${lowerCaseCode(call, 'root', 4)}`;
    const organization: Organization = {
      id,
      arn: `arn:aws:organizations::${call.account}:organization/${id}`,
      managementAccountId: call.account,
      rootId,
      rootArn: `arn:aws:organizations::${call.account}:root/${id}/${rootId}`,
      units: new Map(),
      members: new Map(),
      trustedServices: new Map(),
      delegated: new Map(),
      requests: new Map(),
      handshakes: new Map(),
      closures: [],
      tags: new Map(),
    };
    organizationsOf(call).set(id, organization);
    join(call, organization, call.account, 'INVITED');
    return { Organization: describe(call, organization) };
  },
});

const describeOrganization = operation<
  client.DescribeOrganizationCommandInput,
  Partial<client.DescribeOrganizationCommandOutput>
>({
  authorize: (_, call) => check(call, 'DescribeOrganization'),
  run: (_, call) => ({ Organization: describe(call, requireOrganization(call)) }),
});

const listRoots = operation<client.ListRootsCommandInput, Partial<client.ListRootsCommandOutput>>({
  authorize: (_, call) => check(call, 'ListRoots'),
  run(input, call) {
    const organization = requireReader(call);
    const page = paginate(call, [organization], {
      keyOf: ({ rootId }) => rootId,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: 20, // Organizations API Reference, MaxResults
      invalidToken: 'InvalidInputException',
    });
    return {
      Roots: page.items.map(({ rootId, rootArn }) => ({
        Id: rootId,
        Arn: rootArn,
        Name: 'Root',
        PolicyTypes: [],
      })),
      NextToken: page.nextToken,
    };
  },
});

export const organizationOperations = {
  CreateOrganization: createOrganization,
  DescribeOrganization: describeOrganization,
  ListRoots: listRoots,
};
