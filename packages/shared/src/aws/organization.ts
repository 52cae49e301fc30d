import {
  DescribeOrganizationCommand,
  OrganizationsClient,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { GoldenError } from '../model/golden-error.ts';
import { clientOptions } from './client-options.ts';
import { allPages } from './pages.ts';

/** A member of the organization, the management account included. */
export interface OrganizationAccount {
  /** Twelve digits. */
  id: string;
  name: string;
  /** As AWS spells it: `ACTIVE`, `SUSPENDED`, `PENDING_ACTIVATION`, `PENDING_CLOSURE`, `CLOSED`. */
  state: string;
}

/** The organization, as its management account and its delegated administrators see it. */
export interface Organization {
  /** @throws GoldenError `page-limit-reached` */
  accounts(): Promise<OrganizationAccount[]>;
  /** @throws GoldenError `unexpected-answer`, retryable */
  managementAccount(): Promise<string>;
}

/** Organizations API Reference, ListAccounts, MaxResults. */
const pageSizeMax = 20;
/**
 * An organization of 10,000 accounts has 500 pages, and AWS lets about eight a second through (Organizations User Guide,
 * "Quotas and service limits"), to everybody together: more tries than elsewhere, since one lost page loses all before it.
 */
const attemptsMax = 10;

export const organizationsClientIn = (region: string): OrganizationsClient =>
  new OrganizationsClient({ ...clientOptions(region), maxAttempts: attemptsMax });

export const makeOrganization = (client: OrganizationsClient): Organization => ({
  accounts: async () => {
    const accounts = await allPages(
      paginateListAccounts({ client }, { MaxResults: pageSizeMax }),
      (page) => page.Accounts,
    );
    return accounts.map(({ Id, Name, State, Status }) => ({
      id: Id ?? '',
      name: Name ?? '',
      // Status was to be retired on 2026-09-09 in favour of State; an endpoint may know only one of them.
      state: State ?? Status ?? 'UNKNOWN',
    }));
  },

  managementAccount: async () => {
    const { Organization: organization } = await client.send(new DescribeOrganizationCommand());
    if (organization?.MasterAccountId !== undefined) return organization.MasterAccountId;
    throw new GoldenError({
      code: 'unexpected-answer',
      message: 'DescribeOrganization named no management account; the caller asks again',
      retryable: true,
    });
  },
});
