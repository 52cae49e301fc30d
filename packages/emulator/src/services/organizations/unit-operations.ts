import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { pageWithGaps } from './empty-pages.ts';
import {
  arnOf,
  check,
  lineageOf,
  pathOf,
  requireManagement,
  requireParent,
  requireReader,
  requireUnit,
} from './lookups.ts';
import { lowerCaseCode } from './organization-operations.ts';
import type { Organization, OrganizationalUnit } from './state.ts';
import { mergedTags, requestTagContext } from './tags.ts';

const unitsMax = 2_000; // Organizations quotas, OUs in an organization
const unitDepthMax = 5; // Organizations quotas, nesting of OUs below the root
const nameLengthMax = 128; // Organizations API Reference, OrganizationalUnit

const describe = (
  organization: Organization,
  unit: OrganizationalUnit,
): client.OrganizationalUnit => ({
  Id: unit.id,
  Arn: unit.arn,
  Name: unit.name,
  Path: pathOf(organization, unit.id),
});

const unitsUnder = (organization: Organization, parentId: string): OrganizationalUnit[] =>
  [...organization.units.values()].filter((unit) => unit.parentId === parentId);

const accountsUnder = (organization: Organization, parentId: string): string[] =>
  [...organization.members.values()]
    .filter((member) => member.parentId === parentId)
    .map(({ accountId }) => accountId);

function checkName(organization: Organization, parentId: string, name: string): void {
  if (name.length < 1 || name.length > nameLengthMax)
    throw new AwsError('InvalidInputException', `"${name}" is not a valid name of an OU`, {
      details: { Reason: 'MAX_LENGTH_EXCEEDED' },
    });
  if (unitsUnder(organization, parentId).some((unit) => unit.name === name))
    throw new AwsError(
      'DuplicateOrganizationalUnitException',
      'An OU with the same name already exists.',
    );
}

const constraint = (message: string, reason: string): AwsError =>
  new AwsError('ConstraintViolationException', message, { details: { Reason: reason } });

const createOrganizationalUnit = operation<
  client.CreateOrganizationalUnitCommandInput,
  Partial<client.CreateOrganizationalUnitCommandOutput>
>({
  authorize: (input, call) => [
    ...check(call, 'CreateOrganizationalUnit', [input.ParentId], requestTagContext(input.Tags)),
    ...((input.Tags ?? []).length === 0
      ? []
      : check(call, 'TagResource', [input.ParentId], requestTagContext(input.Tags))),
  ],
  run(input, call) {
    const organization = requireManagement(call);
    const parentId = requireParent(organization, input.ParentId);
    const name = input.Name ?? '';
    checkName(organization, parentId, name);
    if (organization.units.size >= unitsMax)
      throw constraint(`at most ${unitsMax} OUs are allowed`, 'OU_NUMBER_LIMIT_EXCEEDED');
    if (lineageOf(organization, parentId).length > unitDepthMax)
      throw constraint(`OUs nest at most ${unitDepthMax} deep`, 'OU_DEPTH_LIMIT_EXCEEDED');
    const id = `ou-${organization.rootId.slice(2)}-${lowerCaseCode(call, 'ou', 8)}`;
    const unit: OrganizationalUnit = {
      id,
      arn: arnOf(organization, id),
      name,
      parentId,
    };
    organization.units.set(id, unit);
    organization.tags.set(id, mergedTags(new Map(), input.Tags));
    return { OrganizationalUnit: describe(organization, unit) };
  },
});

const describeOrganizationalUnit = operation<
  client.DescribeOrganizationalUnitCommandInput,
  Partial<client.DescribeOrganizationalUnitCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'DescribeOrganizationalUnit', [input.OrganizationalUnitId]),
  run(input, call) {
    const organization = requireReader(call);
    return {
      OrganizationalUnit: describe(
        organization,
        requireUnit(organization, input.OrganizationalUnitId),
      ),
    };
  },
});

const updateOrganizationalUnit = operation<
  client.UpdateOrganizationalUnitCommandInput,
  Partial<client.UpdateOrganizationalUnitCommandOutput>
>({
  authorize: (input, call) => check(call, 'UpdateOrganizationalUnit', [input.OrganizationalUnitId]),
  run(input, call) {
    const organization = requireManagement(call);
    const unit = requireUnit(organization, input.OrganizationalUnitId);
    if (input.Name !== undefined && input.Name !== unit.name) {
      checkName(organization, unit.parentId, input.Name);
      unit.name = input.Name;
    }
    return { OrganizationalUnit: describe(organization, unit) };
  },
});

const deleteOrganizationalUnit = operation<
  client.DeleteOrganizationalUnitCommandInput,
  Partial<client.DeleteOrganizationalUnitCommandOutput>
>({
  authorize: (input, call) => check(call, 'DeleteOrganizationalUnit', [input.OrganizationalUnitId]),
  run(input, call) {
    const organization = requireManagement(call);
    const { id } = requireUnit(organization, input.OrganizationalUnitId);
    if (unitsUnder(organization, id).length + accountsUnder(organization, id).length > 0)
      throw new AwsError(
        'OrganizationalUnitNotEmptyException',
        'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.',
      );
    organization.units.delete(id);
    organization.tags.delete(id);
    return {};
  },
});

const listOrganizationalUnitsForParent = operation<
  client.ListOrganizationalUnitsForParentCommandInput,
  Partial<client.ListOrganizationalUnitsForParentCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListOrganizationalUnitsForParent', [input.ParentId]),
  run(input, call) {
    const organization = requireReader(call);
    const units = unitsUnder(organization, requireParent(organization, input.ParentId));
    const page = pageWithGaps(call, units, input, ({ id }) => id);
    return {
      OrganizationalUnits: page.items.map((unit) => describe(organization, unit)),
      NextToken: page.nextToken,
    };
  },
});

const listChildren = operation<
  client.ListChildrenCommandInput,
  Partial<client.ListChildrenCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListChildren', [input.ParentId]),
  run(input, call) {
    const organization = requireReader(call);
    const parentId = requireParent(organization, input.ParentId);
    const type = input.ChildType;
    if (type !== 'ACCOUNT' && type !== 'ORGANIZATIONAL_UNIT')
      throw new AwsError('InvalidInputException', `${String(type)} is not a type of child`, {
        details: { Reason: 'INVALID_ENUM' },
      });
    const ids =
      type === 'ACCOUNT'
        ? accountsUnder(organization, parentId)
        : unitsUnder(organization, parentId).map(({ id }) => id);
    const page = pageWithGaps(call, ids, input, (id) => id);
    return {
      Children: page.items.map((Id) => ({ Id, Type: type })),
      NextToken: page.nextToken,
    };
  },
});

const listParents = operation<
  client.ListParentsCommandInput,
  Partial<client.ListParentsCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListParents', [input.ChildId]),
  run(input, call) {
    const organization = requireReader(call);
    const child = input.ChildId ?? '';
    const parentId =
      organization.members.get(child)?.parentId ?? organization.units.get(child)?.parentId;
    if (parentId === undefined)
      throw new AwsError('ChildNotFoundException', `You specified a child that doesn't exist.`);
    const page = paginate(call, [parentId], {
      keyOf: (id) => id,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: 20, // Organizations API Reference, MaxResults
      invalidToken: 'InvalidInputException',
    });
    return {
      Parents: page.items.map((Id) => ({
        Id,
        Type: Id === organization.rootId ? ('ROOT' as const) : ('ORGANIZATIONAL_UNIT' as const),
      })),
      NextToken: page.nextToken,
    };
  },
});

export const unitOperations = {
  CreateOrganizationalUnit: createOrganizationalUnit,
  DeleteOrganizationalUnit: deleteOrganizationalUnit,
  DescribeOrganizationalUnit: describeOrganizationalUnit,
  ListChildren: listChildren,
  ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
  ListParents: listParents,
  UpdateOrganizationalUnit: updateOrganizationalUnit,
};
