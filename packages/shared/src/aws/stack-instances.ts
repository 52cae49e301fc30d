import { CloudFormationClient, paginateListStackInstances } from '@aws-sdk/client-cloudformation';
import { clientOptions } from './client-options.ts';
import { allPages } from './pages.ts';

/** The stack of a StackSet in one account and Region, or the attempt to make it. */
export interface StackInstance {
  account: string;
  region: string;
  /** The detailed status as AWS spells it, such as `SUCCEEDED` or `FAILED`; `CURRENT` or `OUTDATED` where AWS gives none. */
  status: string;
  /** Whether there is a stack, of whichever release, or only the attempt. */
  hasStack: boolean;
  /** AWS's own words; empty where it gives none. */
  reason: string;
}

/** The stacks of one service-managed StackSet. */
export interface StackInstances {
  /** @throws GoldenError `page-limit-reached` */
  list(): Promise<StackInstance[]>;
}

/** CloudFormation API Reference, ListStackInstances, MaxResults. */
const pageSizeMax = 100;

export const cloudFormationClientIn = (region: string): CloudFormationClient =>
  new CloudFormationClient(clientOptions(region));

/** The account of the client is a delegated administrator: without saying so, it would see its own StackSets only. */
export const makeStackInstances = (
  client: CloudFormationClient,
  stackSetName: string,
): StackInstances => ({
  list: async () => {
    const summaries = await allPages(
      paginateListStackInstances(
        { client },
        { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN', MaxResults: pageSizeMax },
      ),
      (page) => page.Summaries,
    );
    return summaries.map(
      ({ Account, Region, StackId, Status, StackInstanceStatus, StatusReason }) => ({
        account: Account ?? '',
        region: Region ?? '',
        hasStack: StackId !== undefined,
        status: StackInstanceStatus?.DetailedStatus ?? Status ?? 'UNKNOWN',
        reason: StatusReason ?? '',
      }),
    );
  },
});
