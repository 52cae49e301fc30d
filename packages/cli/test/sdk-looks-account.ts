import {
  CloudFormationClient,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
  paginateListStackInstances,
  paginateListStackResources,
  paginateListStackSets,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetRoleCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import { KMSClient, paginateListAliases, paginateListKeys } from '@aws-sdk/client-kms';
import {
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import {
  OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListDelegatedAdministrators,
  paginateListOrganizationalUnitsForParent,
  paginateListRoots,
} from '@aws-sdk/client-organizations';
import {
  ListObjectVersionsCommand,
  S3Client,
  paginateListBuckets,
  paginateListObjectsV2,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { SchedulerClient, paginateListSchedules } from '@aws-sdk/client-scheduler';
import {
  SFNClient,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListMapRuns,
  paginateListStateMachines,
} from '@aws-sdk/client-sfn';
import { SNSClient, paginateListSubscriptions, paginateListTopics } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient, paginateListQueues } from '@aws-sdk/client-sqs';
import { SSMClient, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { all, each, pagesMax, type Connect, type Look } from './look-around.ts';

const stacksOf = (connect: Connect) =>
  all(
    paginateDescribeStacks({ client: connect(CloudFormationClient) }, {}),
    ({ Stacks }) => Stacks,
  );

const executionsOf = async (connect: Connect) => {
  const client = connect(SFNClient);
  const machines = await all(
    paginateListStateMachines({ client }, {}),
    ({ stateMachines }) => stateMachines,
  );
  return each(machines, ({ stateMachineArn }) =>
    all(paginateListExecutions({ client }, { stateMachineArn }), ({ executions }) => executions),
  );
};

/** This SDK has no paginator for versions. */
async function versionsOf(client: S3Client, Bucket: string | undefined): Promise<string[]> {
  const found: string[] = [];
  let at: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  for (let page = 0; at !== undefined && page < pagesMax; page++) {
    const answer: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, ...at }),
    );
    found.push(
      ...(answer.Versions ?? []).map(({ Key, VersionId }) => `${Key ?? ''} ${VersionId ?? ''}`),
    );
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = answer;
    at = IsTruncated
      ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }
      : undefined;
  }
  return found;
}

/** What belongs to an account or its stacks. */
export const accountLooks: Readonly<Record<string, Look>> = {
  identity: async (connect) => [
    (await connect(STSClient).send(new GetCallerIdentityCommand({}))).Arn,
  ],
  stacks: async (connect) =>
    (await stacksOf(connect)).map(
      ({ StackName, StackStatus }) => `${StackName ?? ''} ${StackStatus ?? ''}`,
    ),
  'stack-events': async (connect) =>
    each(await stacksOf(connect), async ({ StackName }) => {
      const client = connect(CloudFormationClient);
      return (
        await all(
          paginateDescribeStackEvents({ client }, { StackName }),
          ({ StackEvents }) => StackEvents,
        )
      ).map(({ EventId }) => EventId);
    }),
  'stack-resources': async (connect) =>
    each(await stacksOf(connect), async ({ StackName }) => {
      const client = connect(CloudFormationClient);
      return (
        await all(
          paginateListStackResources({ client }, { StackName }),
          ({ StackResourceSummaries }) => StackResourceSummaries,
        )
      ).map(({ PhysicalResourceId }) => PhysicalResourceId);
    }),
  'stack-instances': async (connect) => {
    const client = connect(CloudFormationClient);
    const sets = await all(
      paginateListStackSets({ client }, { CallAs: 'DELEGATED_ADMIN', Status: 'ACTIVE' }),
      ({ Summaries }) => Summaries,
    );
    return each(sets, async ({ StackSetName }) =>
      (
        await all(
          paginateListStackInstances({ client }, { StackSetName, CallAs: 'DELEGATED_ADMIN' }),
          ({ Summaries }) => Summaries,
        )
      ).map(({ Account = '', Region = '', Status = '' }) => `${Account} ${Region} ${Status}`),
    );
  },
  executions: async (connect) =>
    (await executionsOf(connect)).map(({ name, status }) => `${name ?? ''} ${status ?? ''}`),
  'execution-events': async (connect) =>
    each(await executionsOf(connect), async ({ executionArn }) =>
      (
        await all(
          paginateGetExecutionHistory({ client: connect(SFNClient) }, { executionArn }),
          ({ events }) => events,
        )
      ).map(({ id, type }) => `${id ?? ''} ${type ?? ''}`),
    ),
  'map-runs': async (connect) =>
    each(await executionsOf(connect), async ({ executionArn }) =>
      (
        await all(
          paginateListMapRuns({ client: connect(SFNClient) }, { executionArn }),
          ({ mapRuns }) => mapRuns,
        )
      ).map(({ mapRunArn }) => mapRunArn),
    ),
  objects: async (connect) => {
    const client = connect(S3Client);
    const buckets = await all(
      paginateListBuckets({ client }, { MaxBuckets: 2 }),
      ({ Buckets }) => Buckets,
    );
    return each(buckets, async ({ Name: Bucket }) => [
      ...(await all(paginateListObjectsV2({ client }, { Bucket }), ({ Contents }) => Contents)).map(
        ({ Key, Size }) => `${Bucket ?? ''} ${Key ?? ''} ${Size ?? ''}`,
      ),
      ...(await versionsOf(client, Bucket)),
    ]);
  },
  items: async (connect) => {
    const client = connect(DynamoDBClient);
    const tables = await all(paginateListTables({ client }, {}), ({ TableNames }) => TableNames);
    return each(tables, async (TableName) =>
      (await all(paginateScan({ client }, { TableName }), ({ Items }) => Items)).map(
        ({ pk, sk }) => `${pk?.S ?? ''} ${sk?.S ?? ''}`,
      ),
    );
  },
  functions: async (connect) =>
    (
      await all(
        paginateListFunctions({ client: connect(LambdaClient) }, {}),
        ({ Functions }) => Functions,
      )
    ).map(({ FunctionArn, CodeSha256 }) => `${FunctionArn ?? ''} ${CodeSha256 ?? ''}`),
  'event-source-mappings': async (connect) =>
    (
      await all(
        paginateListEventSourceMappings({ client: connect(LambdaClient) }, {}),
        ({ EventSourceMappings }) => EventSourceMappings,
      )
    ).map(({ UUID, State }) => `${UUID ?? ''} ${State ?? ''}`),
  roles: async (connect) => {
    const client = connect(IAMClient);
    const roles = await all(paginateListRoles({ client }, {}), ({ Roles }) => Roles);
    return each(roles, async ({ RoleName }) => {
      const { Role } = await client.send(new GetRoleCommand({ RoleName }));
      const inline = await all(
        paginateListRolePolicies({ client }, { RoleName }),
        ({ PolicyNames }) => PolicyNames,
      );
      const attached = await all(
        paginateListAttachedRolePolicies({ client }, { RoleName }),
        ({ AttachedPolicies }) => AttachedPolicies,
      );
      return [
        `${Role?.Arn ?? ''} ${[...inline, ...attached.map(({ PolicyArn }) => PolicyArn)].sort().join()}`,
      ];
    });
  },
  parameters: async (connect) =>
    (
      await all(
        paginateGetParametersByPath(
          { client: connect(SSMClient) },
          { Path: '/golden', Recursive: true },
        ),
        ({ Parameters }) => Parameters,
      )
    ).map(({ Name, Value }) => `${Name ?? ''} ${Value ?? ''}`),
  topics: async (connect) =>
    (await all(paginateListTopics({ client: connect(SNSClient) }, {}), ({ Topics }) => Topics)).map(
      ({ TopicArn }) => TopicArn,
    ),
  subscriptions: async (connect) =>
    (
      await all(
        paginateListSubscriptions({ client: connect(SNSClient) }, {}),
        ({ Subscriptions }) => Subscriptions,
      )
    ).map(({ SubscriptionArn }) => SubscriptionArn),
  queues: async (connect) => {
    const client = connect(SQSClient);
    const urls = await all(
      paginateListQueues({ client }, { MaxResults: 2 }),
      ({ QueueUrls }) => QueueUrls,
    );
    return each(urls, async (QueueUrl) => {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return [
        `${Attributes?.['QueueArn'] ?? ''} ${Attributes?.['ApproximateNumberOfMessages'] ?? ''}`,
      ];
    });
  },
  // EventBridge has no paginators in this SDK.
  rules: async (connect) => {
    const client = connect(EventBridgeClient);
    const { EventBuses = [] } = await client.send(new ListEventBusesCommand({}));
    return each(EventBuses, async ({ Name: EventBusName }) => {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListRulesCommand({ EventBusName, NextToken: token }));
        names.push(...(page.Rules ?? []).map(({ Arn }) => Arn ?? ''));
        token = page.NextToken;
      } while (token !== undefined);
      return names;
    });
  },
  schedules: async (connect) =>
    (
      await all(
        paginateListSchedules({ client: connect(SchedulerClient) }, {}),
        ({ Schedules }) => Schedules,
      )
    ).map(({ Arn }) => Arn),
  keys: async (connect) => {
    const client = connect(KMSClient);
    const keys = await all(paginateListKeys({ client }, {}), ({ Keys }) => Keys);
    const aliases = await all(paginateListAliases({ client }, {}), ({ Aliases }) => Aliases);
    return [...keys.map(({ KeyArn }) => KeyArn), ...aliases.map(({ AliasArn }) => AliasArn)];
  },
  accounts: async (connect) =>
    (
      await all(
        paginateListAccounts({ client: connect(OrganizationsClient) }, {}),
        ({ Accounts }) => Accounts,
      )
    ).map(({ Id, Name, State }) => `${Id ?? ''} ${Name ?? ''} ${State ?? ''}`),
  units: async (connect) => {
    const client = connect(OrganizationsClient);
    const roots = await all(paginateListRoots({ client }, {}), ({ Roots }) => Roots);
    return each(roots, async ({ Id: ParentId }) => [
      ...(
        await all(
          paginateListOrganizationalUnitsForParent({ client }, { ParentId }),
          ({ OrganizationalUnits }) => OrganizationalUnits,
        )
      ).map(({ Arn }) => Arn),
      ...(
        await all(
          paginateListAccountsForParent({ client }, { ParentId }),
          ({ Accounts }) => Accounts,
        )
      ).map(({ Arn }) => Arn),
    ]);
  },
  'delegated-administrators': async (connect) =>
    (
      await all(
        paginateListDelegatedAdministrators({ client: connect(OrganizationsClient) }, {}),
        ({ DelegatedAdministrators }) => DelegatedAdministrators,
      )
    ).map(({ Arn }) => Arn),
};
