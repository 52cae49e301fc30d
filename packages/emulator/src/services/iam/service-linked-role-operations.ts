import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { withdraw } from './effective-identity.ts';
import { findRole, roleCheck } from './lookups.ts';
import { describeRole } from './roles.ts';
import {
  addLinkedRole,
  linkedRoleArn,
  linkedRoleName,
  linkedService,
  requireLinkedService,
} from './service-linked-roles.ts';
import { iamState } from './state.ts';

const createServiceLinkedRole = operation<
  client.CreateServiceLinkedRoleCommandInput,
  Partial<client.CreateServiceLinkedRoleCommandOutput>
>({
  authorize(input, call) {
    const service = input.AWSServiceName ?? '';
    const linked = linkedService(service);
    return {
      action: 'iam:CreateServiceLinkedRole',
      resource: linkedRoleArn(
        call,
        service,
        linked ? linkedRoleName(linked, input.CustomSuffix) : 'AWSServiceRole',
      ),
      context: { 'iam:AWSServiceName': service },
    };
  },
  run(input, call) {
    const service = input.AWSServiceName ?? '';
    const linked = requireLinkedService(service);
    if (input.CustomSuffix !== undefined && linked.allowsSuffix !== true)
      throw new AwsError('InvalidInput', `Custom suffix is not allowed for ${service}`);
    const name = linkedRoleName(linked, input.CustomSuffix);
    if (findRole(call, name))
      throw new AwsError(
        'InvalidInput',
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    const role = addLinkedRole(call, {
      service,
      suffix: input.CustomSuffix,
      description: input.Description,
    });
    return { Role: describeRole(role) };
  },
});

const deleteServiceLinkedRole = operation<
  client.DeleteServiceLinkedRoleCommandInput,
  Partial<client.DeleteServiceLinkedRoleCommandOutput>
>({
  authorize: (input, call) => roleCheck(call, 'DeleteServiceLinkedRole', input.RoleName),
  run(input, call) {
    const role = findRole(call, input.RoleName);
    if (role?.serviceLinkedFor === undefined)
      throw new AwsError(
        'NoSuchEntity',
        `The role with name ${input.RoleName ?? ''} cannot be found.`,
      );
    const task = `task/aws-service-role/${role.serviceLinkedFor}/${role.name}/${call.uuid('deletion-task')}`;
    const state = iamState.in(call);
    state.roles.delete(role.name.toLowerCase());
    state.deletionTasks.add(task);
    withdraw(call, role);
    return { DeletionTaskId: task };
  },
});

const getServiceLinkedRoleDeletionStatus = operation<
  client.GetServiceLinkedRoleDeletionStatusCommandInput,
  Partial<client.GetServiceLinkedRoleDeletionStatusCommandOutput>
>({
  authorize: (input, call) =>
    roleCheck(
      call,
      'GetServiceLinkedRoleDeletionStatus',
      (input.DeletionTaskId ?? '').split('/')[3],
    ),
  run(input, call) {
    if (!iamState.in(call).deletionTasks.has(input.DeletionTaskId ?? ''))
      throw new AwsError('NoSuchEntity', `Task ${input.DeletionTaskId ?? ''} cannot be found.`);
    return { Status: 'SUCCEEDED' };
  },
});

export const serviceLinkedRoleOperations = {
  CreateServiceLinkedRole: createServiceLinkedRole,
  DeleteServiceLinkedRole: deleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus,
};
