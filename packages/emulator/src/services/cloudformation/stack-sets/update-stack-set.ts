import type * as client from '@aws-sdk/client-cloudformation';
import { sameValue } from '../../../cloudformation/property-diff.ts';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { AwsError } from '../../../world/aws-error.ts';
import { operation } from '../../../world/service.ts';
import { requestOf } from '../stack-operations.ts';
import { supportOnly } from '../supported-input.ts';
import { readTemplateText } from '../template-source.ts';
import { checkRegions, readTargets, targetedInstances } from './deployment-targets.ts';
import { checkPreferences } from './operation-preferences.ts';
import { requireStackSetToChange, stackSetChecks } from './stack-set-access.ts';
import { readContent } from './stack-set-content.ts';
import { checkDescription, readAutoDeployment, refuseSelfManaged } from './stack-set-operations.ts';
import type { StackSet, StackSetContent, WorkItem } from './stack-set-state.ts';
import { isBusy, isRepeatedOperation, requireRoom, submitOperation } from './submit-operation.ts';

const supportedByUpdate = [
  'AutoDeployment',
  'CallAs',
  'Capabilities',
  'DeploymentTargets',
  'Description',
  'ManagedExecution',
  'OperationId',
  'OperationPreferences',
  'Parameters',
  'PermissionModel',
  'Regions',
  'StackSetName',
  'Tags',
  'TemplateBody',
  'TemplateURL',
  'UsePreviousTemplate',
];

export const updateStackSet = operation<
  client.UpdateStackSetCommandInput,
  Partial<client.UpdateStackSetCommandOutput>
>({
  authorize: (input, call) =>
    stackSetChecks('UpdateStackSet', input, call, { ...input, Regions: input.Regions ?? [] }),
  async run(input, call) {
    supportOnly(input, supportedByUpdate);
    const { organization, home, stackSet } = requireStackSetToChange(call, input);
    const id = input.OperationId ?? call.uuid('stack-set-operation');
    const request = requestOf('UpdateStackSet', input);
    if (isRepeatedOperation(stackSet, id, request)) return { OperationId: id };
    requireRoom(stackSet);
    if (input.PermissionModel !== undefined) refuseSelfManaged(input.PermissionModel);
    checkDescription(input.Description);
    const preferences = checkPreferences(input.OperationPreferences);
    const chosen = readChosen(input);
    const targets = chosen && readTargets(organization, chosen.targets, { mayUnite: true });
    const autoDeployment =
      input.AutoDeployment === undefined ? undefined : readAutoDeployment(input.AutoDeployment);
    refuseOtherExecution(stackSet, input.ManagedExecution);
    const body = await readTemplateText(call, input, stackSet.content.body);
    const content = readContent(
      call.world,
      {
        body,
        parameters: input.Parameters,
        capabilities: input.Capabilities,
        tags: input.Tags,
      },
      stackSet.content,
    );
    const started = submitOperation(home, stackSet, {
      isAutomatic: false,
      changesSet: true,
      operation: {
        id,
        action: 'UPDATE',
        request,
        preferences,
        targets: input.DeploymentTargets,
        retainStacks: false,
      },
      plan: () =>
        (chosen && targets
          ? targetedInstances(organization, stackSet, targets, chosen.regions)
          : [...stackSet.instances.values()]
        ).filter((item) => isOperable(stackSet, item)),
      begin: () => {
        if (isOther(stackSet.content, content)) markOutdated(stackSet);
        stackSet.content = content;
        stackSet.description = input.Description ?? stackSet.description;
        stackSet.autoDeployment = autoDeployment ?? stackSet.autoDeployment;
        stackSet.managedExecution = input.ManagedExecution?.Active ?? stackSet.managedExecution;
      },
    });
    return { OperationId: started.id };
  },
});

/** Which instances an update is for; undefined for all of them. */
function readChosen(
  input: client.UpdateStackSetCommandInput,
): { readonly targets: client.DeploymentTargets; readonly regions: readonly string[] } | undefined {
  const { DeploymentTargets: targets, Regions: regions } = input;
  if (targets === undefined && regions === undefined) return undefined;
  if (input.AutoDeployment !== undefined)
    throw validationError(
      'DeploymentTargets and Regions cannot be specified together with AutoDeployment',
    );
  if (targets === undefined || regions === undefined)
    throw validationError('DeploymentTargets and Regions must be specified together');
  return { targets, regions: checkRegions(regions) };
}

/** CloudFormation API Reference, ManagedExecution: not while operations run or wait. */
function refuseOtherExecution(
  stackSet: StackSet,
  given: client.ManagedExecution | undefined,
): void {
  const wanted = given?.Active ?? stackSet.managedExecution;
  if (wanted !== stackSet.managedExecution && isBusy(stackSet))
    throw new AwsError(
      'InvalidOperationException',
      'The execution configuration of a StackSet cannot be modified while operations are running or queued',
    );
}

/** Instances that a failed deletion left behind take part in no update. */
const isOperable = (stackSet: StackSet, { account, region }: WorkItem): boolean =>
  stackSet.instances.get(`${account}/${region}`)?.status !== 'INOPERABLE';

const isOther = (before: StackSetContent, after: StackSetContent): boolean =>
  before.body !== after.body || !sameValue([...before.parameters], [...after.parameters]);

function markOutdated({ instances }: StackSet): void {
  for (const instance of instances.values())
    if (instance.status === 'CURRENT') instance.status = 'OUTDATED';
}
