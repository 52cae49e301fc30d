import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import type { Account } from '../../world/directory.ts';
import { operation } from '../../world/service.ts';
import { pageWithGaps } from './empty-pages.ts';
import {
  check,
  isParent,
  pathOf,
  requireManagement,
  requireMember,
  requireParent,
  requireReader,
} from './lookups.ts';
import { leave, move, tellAccountState } from './membership.ts';
import type { Membership, Organization } from './state.ts';

const dayMs = 24 * 3600 * 1000;
/** Organizations user guide, "Closing an account": pending for a moment, suspended for 90 days, then gone for good. */
const closingMs = 60_000;
const suspendedMs = 90 * dayMs;
/** Organizations quotas, accounts that can be closed in 30 days: 10 % of the members, at least 10, at most 1,000. */
const closeShare = 0.1;
const closeMin = 10;
const closeMax = 1_000;
const closeWindowMs = 30 * dayMs;
/** ConstraintViolationException, WAIT_PERIOD_ACTIVE: a created account cannot leave for four days. */
const waitPeriodMs = 4 * dayMs;

/** Without `Status`, which AWS retired on 2026-09-09 in favour of `State`. */
const describe = (
  organization: Organization,
  account: Account,
  membership: Membership,
): client.Account => ({
  Id: account.id,
  Arn: membership.arn,
  Email: account.email,
  Name: account.name,
  State: account.state,
  Paths: [`${pathOf(organization, membership.parentId)}${account.id}/`],
  JoinedMethod: membership.joinedMethod,
  JoinedTimestamp: membership.joinedAt,
});

const constraint = (message: string, reason: string): AwsError =>
  new AwsError('ConstraintViolationException', message, { details: { Reason: reason } });

const describeAccount = operation<
  client.DescribeAccountCommandInput,
  Partial<client.DescribeAccountCommandOutput>
>({
  authorize: (input, call) => check(call, 'DescribeAccount', [input.AccountId]),
  run(input, call) {
    const organization = requireReader(call);
    const { account, membership } = requireMember(call, organization, input.AccountId);
    return { Account: describe(organization, account, membership) };
  },
});

const listAccounts = operation<
  client.ListAccountsCommandInput,
  Partial<client.ListAccountsCommandOutput>
>({
  authorize: (_, call) => check(call, 'ListAccounts'),
  run(input, call) {
    const organization = requireReader(call);
    const page = pageWithGaps(
      call,
      organization.members.values(),
      input,
      ({ accountId }) => accountId,
    );
    return {
      Accounts: page.items.map(({ accountId }) => {
        const { account, membership } = requireMember(call, organization, accountId);
        return describe(organization, account, membership);
      }),
      NextToken: page.nextToken,
    };
  },
});

const listAccountsForParent = operation<
  client.ListAccountsForParentCommandInput,
  Partial<client.ListAccountsForParentCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListAccountsForParent', [input.ParentId]),
  run(input, call) {
    const organization = requireReader(call);
    const parentId = requireParent(organization, input.ParentId);
    const direct = [...organization.members.values()].filter(
      (member) => member.parentId === parentId,
    );
    const page = pageWithGaps(call, direct, input, ({ accountId }) => accountId);
    return {
      Accounts: page.items.map(({ accountId }) => {
        const { account, membership } = requireMember(call, organization, accountId);
        return describe(organization, account, membership);
      }),
      NextToken: page.nextToken,
    };
  },
});

const moveAccount = operation<
  client.MoveAccountCommandInput,
  Partial<client.MoveAccountCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'MoveAccount', [input.AccountId, input.SourceParentId, input.DestinationParentId]),
  run(input, call) {
    const organization = requireManagement(call);
    const { account, membership } = requireMember(call, organization, input.AccountId);
    const { SourceParentId: source = '', DestinationParentId: destination = '' } = input;
    if (membership.parentId !== source)
      throw new AwsError(
        'SourceParentNotFoundException',
        'You provided a source parent that the account is not in.',
      );
    if (!isParent(organization, destination))
      throw new AwsError(
        'DestinationParentNotFoundException',
        "You provided a destination parent that doesn't exist.",
      );
    if (source === destination)
      throw new AwsError('DuplicateAccountException', 'The account is in the destination already.');
    move(call, organization, account.id, destination);
    return {};
  },
});

const removeAccountFromOrganization = operation<
  client.RemoveAccountFromOrganizationCommandInput,
  Partial<client.RemoveAccountFromOrganizationCommandOutput>
>({
  authorize: (input, call) => check(call, 'RemoveAccountFromOrganization', [input.AccountId]),
  run(input, call) {
    const organization = requireManagement(call);
    const { account, membership } = requireMember(call, organization, input.AccountId);
    if (account.id === organization.managementAccountId)
      throw new AwsError(
        'MasterCannotLeaveOrganizationException',
        "You can't remove a management account from an organization.",
      );
    if ((organization.delegated.get(account.id)?.size ?? 0) > 0)
      throw constraint(
        'a delegated administrator cannot be removed',
        'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG',
      );
    if (
      membership.joinedMethod === 'CREATED' &&
      call.now < membership.joinedAt.getTime() + waitPeriodMs
    )
      throw constraint('a created account cannot leave for four days', 'WAIT_PERIOD_ACTIVE');
    leave(call, organization, account.id);
    return {};
  },
});

const closeAccount = operation<
  client.CloseAccountCommandInput,
  Partial<client.CloseAccountCommandOutput>
>({
  authorize: (input, call) => check(call, 'CloseAccount', [input.AccountId]),
  run(input, call) {
    const organization = requireManagement(call);
    const { account } = requireMember(call, organization, input.AccountId);
    if (account.id === organization.managementAccountId)
      throw constraint(
        'the management account cannot be closed this way',
        'CANNOT_CLOSE_MANAGEMENT_ACCOUNT',
      );
    if (account.state !== 'ACTIVE')
      throw new AwsError('AccountAlreadyClosedException', 'The account is closed already.');
    if ((organization.delegated.get(account.id)?.size ?? 0) > 0)
      throw constraint(
        'a delegated administrator cannot be closed',
        'CANNOT_CLOSE_DELEGATED_ADMINISTRATOR',
      );
    const recent = organization.closures.filter((at) => at.getTime() > call.now - closeWindowMs);
    const share = Math.floor((organization.members.size - 1) * closeShare);
    if (recent.length >= Math.min(closeMax, Math.max(closeMin, share)))
      throw constraint('too many accounts were closed lately', 'CLOSE_ACCOUNT_QUOTA_EXCEEDED');
    organization.closures.push(call.date);
    account.state = 'PENDING_CLOSURE';
    const scope = call.at({});
    scope.after(closingMs, `suspend ${account.id}`, () => {
      account.state = 'SUSPENDED';
      scope.record('AccountSuspended', { account: account.id });
      tellAccountState(scope, organization, account.id, 'suspended');
    });
    scope.after(closingMs + suspendedMs, `close ${account.id}`, () => {
      account.state = 'CLOSED';
      tellAccountState(scope, organization, account.id, 'closed');
      leave(scope, organization, account.id);
      scope.record('AccountClosed', { account: account.id });
    });
    return {};
  },
});

export const accountOperations = {
  CloseAccount: closeAccount,
  DescribeAccount: describeAccount,
  ListAccounts: listAccounts,
  ListAccountsForParent: listAccountsForParent,
  MoveAccount: moveAccount,
  RemoveAccountFromOrganization: removeAccountFromOrganization,
};
