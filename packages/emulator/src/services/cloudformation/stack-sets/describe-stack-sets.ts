import type * as client from '@aws-sdk/client-cloudformation';
import { paginate } from '../../../world/paging.ts';
import { operation, type Operation } from '../../../world/service.ts';
import { pageSizeMax } from '../describe-stacks.ts';
import { writeStackTags } from '../stack-tags.ts';
import { findAdministration } from './organization-access.ts';
import { requireStackSet, stackSetChecks } from './stack-set-access.ts';
import { describeParameters } from './stack-set-content.ts';
import { stackSetState, type StackSet } from './stack-set-state.ts';

const describeAutoDeployment = ({
  autoDeployment: { enabled, retainsStacks },
}: StackSet): client.AutoDeployment => ({
  Enabled: enabled,
  ...(enabled ? { RetainStacksOnAccountRemoval: retainsStacks } : {}),
});

export const describeStackSet = (stackSet: StackSet): client.StackSet => ({
  StackSetName: stackSet.name,
  StackSetId: stackSet.id,
  StackSetARN: stackSet.arn,
  Description: stackSet.description,
  Status: stackSet.status,
  TemplateBody: stackSet.content.body,
  Parameters: describeParameters(stackSet.content.template, stackSet.content.parameters),
  Capabilities: [...stackSet.content.capabilities],
  Tags: writeStackTags(stackSet.content.tags),
  PermissionModel: 'SERVICE_MANAGED',
  AutoDeployment: describeAutoDeployment(stackSet),
  ManagedExecution: { Active: stackSet.managedExecution },
  OrganizationalUnitIds: [...stackSet.targets.keys()],
  Regions: [...new Set([...stackSet.instances.values()].map(({ region }) => region))],
  StackSetDriftDetectionDetails: { DriftStatus: 'NOT_CHECKED' },
});

const listStackSets = operation<
  client.ListStackSetsCommandInput,
  Partial<client.ListStackSetsCommandOutput>
>({
  // ListStackSets has no resource-level permission.
  authorize: () => ({ action: 'cloudformation:ListStackSets', resource: '*' }),
  run(input, call) {
    const administration = findAdministration(call, input.CallAs);
    const all = administration ? stackSetState.in(administration.home).stackSets.values() : [];
    const page = paginate(
      call,
      [...all].filter(({ status }) => input.Status === undefined || status === input.Status),
      {
        keyOf: ({ id }) => id,
        token: input.NextToken,
        size: input.MaxResults,
        sizeMax: pageSizeMax, // CloudFormation API Reference, ListStackSets, MaxResults
        invalidToken: 'ValidationError',
      },
    );
    return {
      Summaries: page.items.map((stackSet) => ({
        StackSetName: stackSet.name,
        StackSetId: stackSet.id,
        Description: stackSet.description,
        Status: stackSet.status,
        AutoDeployment: describeAutoDeployment(stackSet),
        PermissionModel: 'SERVICE_MANAGED' as const,
        DriftStatus: 'NOT_CHECKED' as const,
        ManagedExecution: { Active: stackSet.managedExecution },
      })),
      NextToken: page.nextToken,
    };
  },
});

const listStackSetAutoDeploymentTargets = operation<
  client.ListStackSetAutoDeploymentTargetsCommandInput,
  Partial<client.ListStackSetAutoDeploymentTargetsCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('ListStackSetAutoDeploymentTargets', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const page = paginate(call, stackSet.targets, {
      keyOf: ([unitId]) => unitId,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return {
      Summaries: page.items.map(([OrganizationalUnitId, regions]) => ({
        OrganizationalUnitId,
        Regions: [...regions],
      })),
      NextToken: page.nextToken,
    };
  },
});

export const stackSetDescriptions: Readonly<Record<string, Operation>> = {
  ListStackSetAutoDeploymentTargets: listStackSetAutoDeploymentTargets,
  ListStackSets: listStackSets,
};
