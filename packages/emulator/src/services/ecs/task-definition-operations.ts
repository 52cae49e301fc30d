import type * as client from '@aws-sdk/client-ecs';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { taskDefinitionArn } from './arns.ts';
import { clientError, invalidParameter } from './errors.ts';
import { checkedPageSize } from './page-size.ts';
import { neededResources, requiredAttributes } from './required-attributes.ts';
import { ecsState, type TaskDefinition } from './state.ts';
import { checkTaskDefinition } from './task-definition-checks.ts';
import { tasksPrincipal } from './task-roles.ts';
import {
  describeTaskDefinition,
  findTaskDefinition,
  readReference,
} from './task-definition-lookup.ts';
import { creationTagChecks, describeTags, newTags, requestTagContext } from './tags.ts';

/** Roles are given by ARN or name. Source: ECS API Reference, RegisterTaskDefinition, "taskRoleArn" */
const roleArn = (call: Call, nameOrArn: string): string =>
  nameOrArn.startsWith('arn:')
    ? nameOrArn
    : `arn:aws:iam::${call.account}:role/${nameOrArn.replace(/^\//, '')}`;

const registerTaskDefinition = operation<
  client.RegisterTaskDefinitionCommandInput,
  Partial<client.RegisterTaskDefinitionCommandOutput>
>({
  authorize: (input, call) => {
    const family = input.family ?? '';
    const next = (ecsState.in(call).families.get(family)?.length ?? 0) + 1;
    const resource = taskDefinitionArn(call, family, next);
    return [
      { action: 'ecs:RegisterTaskDefinition', resource, context: requestTagContext(input.tags) },
      ...[input.taskRoleArn, input.executionRoleArn].flatMap((role) =>
        role === undefined ? [] : [passRoleCheck(call, roleArn(call, role), tasksPrincipal)],
      ),
      ...creationTagChecks(call, resource, input.tags),
    ];
  },
  run(input, call) {
    checkTaskDefinition(input);
    const family = input.family ?? '';
    const { families } = ecsState.in(call);
    const revisions = families.get(family) ?? [];
    const resolved = {
      ...input,
      ...(input.taskRoleArn === undefined ? {} : { taskRoleArn: roleArn(call, input.taskRoleArn) }),
      ...(input.executionRoleArn === undefined
        ? {}
        : { executionRoleArn: roleArn(call, input.executionRoleArn) }),
    };
    const definition: TaskDefinition = {
      arn: taskDefinitionArn(call, family, revisions.length + 1),
      family,
      revision: revisions.length + 1,
      status: 'ACTIVE',
      input: resolved,
      containers: (input.containerDefinitions ?? []).map(withDefaults),
      requiresAttributes: requiredAttributes(resolved),
      needs: neededResources(resolved),
      registeredAt: call.date,
      registeredBy: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
      deregisteredAt: undefined,
      tags: newTags(call, input.tags),
    };
    families.set(family, [...revisions, definition]);
    return {
      taskDefinition: describeTaskDefinition(definition),
      ...(definition.tags.size > 0 ? { tags: describeTags(definition.tags) } : {}),
    };
  },
});

const withDefaults = (container: client.ContainerDefinition): client.ContainerDefinition => ({
  ...container,
  cpu: container.cpu ?? 0,
  essential: container.essential ?? true,
  environment: container.environment ?? [],
  mountPoints: container.mountPoints ?? [],
  volumesFrom: container.volumesFrom ?? [],
  systemControls: container.systemControls ?? [],
  portMappings: (container.portMappings ?? []).map((mapping) => ({
    ...mapping,
    hostPort: mapping.hostPort ?? 0,
    protocol: mapping.protocol ?? 'tcp',
  })),
});

const describeTaskDefinitionOperation = operation<
  client.DescribeTaskDefinitionCommandInput,
  Partial<client.DescribeTaskDefinitionCommandOutput>
>({
  // No resource-level permission. Source: Service Authorization Reference, ECS
  authorize: () => ({ action: 'ecs:DescribeTaskDefinition', resource: '*' }),
  run(input, call) {
    const found = findTaskDefinition(call, input.taskDefinition ?? '');
    if (!found) throw clientError('Unable to describe task definition.');
    return {
      taskDefinition: describeTaskDefinition(found),
      ...(input.include?.includes('TAGS') === true ? { tags: describeTags(found.tags) } : {}),
    };
  },
});

const deregisterTaskDefinition = operation<
  client.DeregisterTaskDefinitionCommandInput,
  Partial<client.DeregisterTaskDefinitionCommandOutput>
>({
  // No resource-level permission. Source: Service Authorization Reference, ECS
  authorize: () => ({ action: 'ecs:DeregisterTaskDefinition', resource: '*' }),
  run(input, call) {
    const text = input.taskDefinition ?? '';
    if (readReference(text).revision === undefined)
      throw invalidParameter('Task definition revision is required.');
    const found = findTaskDefinition(call, text);
    if (!found) throw clientError('The specified task definition does not exist.');
    if (found.status === 'INACTIVE')
      throw clientError('The specified task definition is inactive.');
    found.status = 'INACTIVE';
    found.deregisteredAt = call.date;
    return { taskDefinition: describeTaskDefinition(found) };
  },
});

const listTaskDefinitions = operation<
  client.ListTaskDefinitionsCommandInput,
  Partial<client.ListTaskDefinitionsCommandOutput>
>({
  // No resource-level permission. Source: Service Authorization Reference, ECS
  authorize: () => ({ action: 'ecs:ListTaskDefinitions', resource: '*' }),
  run(input, call) {
    const { families } = ecsState.in(call);
    const status = input.status ?? 'ACTIVE';
    const lists =
      input.familyPrefix === undefined
        ? [...families.values()]
        : [families.get(input.familyPrefix) ?? []];
    const order = (definition: TaskDefinition): number =>
      input.sort === 'DESC' ? Number.MAX_SAFE_INTEGER - definition.revision : definition.revision;
    const page = paginate(
      call,
      lists.flat().filter((definition) => definition.status === status),
      {
        keyOf: (definition) => `${definition.family} ${numericKey(order(definition))}`,
        token: input.nextToken,
        size: checkedPageSize(input.maxResults, 100),
        sizeMax: 100, // ECS API Reference, ListTaskDefinitions, "maxResults"
        invalidToken: 'InvalidParameterException',
      },
    );
    return {
      taskDefinitionArns: page.items.map(({ arn }) => arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

export const taskDefinitionOperations: Readonly<Record<string, Operation>> = {
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeTaskDefinition: describeTaskDefinitionOperation,
  ListTaskDefinitions: listTaskDefinitions,
  RegisterTaskDefinition: registerTaskDefinition,
};
