import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { isHere, taskDefinitionArn } from './arns.ts';
import { clientError } from './errors.ts';
import { ecsState, type TaskDefinition } from './state.ts';

interface Reference {
  readonly family: string;
  readonly revision: number | undefined;
}

/** `family`, `family:revision` or an ARN; without a revision the latest active one is meant. */
export function readReference(text: string): Reference {
  const short = text.startsWith('arn:') ? (text.split('/').at(-1) ?? '') : text;
  const [family = '', revision] = short.split(':');
  return { family, revision: revision === undefined ? undefined : Number(revision) };
}

export function findTaskDefinition(scope: Scope, text: string): TaskDefinition | undefined {
  if (!isHere(scope, text)) return undefined;
  const { family, revision } = readReference(text);
  const revisions = ecsState.in(scope).families.get(family) ?? [];
  return revision === undefined
    ? revisions.findLast(({ status }) => status === 'ACTIVE')
    : revisions[revision - 1];
}

/** @throws AwsError unless it can be run */
export function requireRunnable(scope: Scope, text: string): TaskDefinition {
  const found = findTaskDefinition(scope, text);
  if (!found) throw clientError('TaskDefinition not found.');
  if (found.status === 'INACTIVE') throw clientError('TaskDefinition is inactive');
  return found;
}

/** The ARN that is checked: of the revision that the text means, whether it exists or not. */
export const referenceArn = (scope: Scope, text: string): string =>
  findTaskDefinition(scope, text)?.arn ??
  (text.startsWith('arn:')
    ? text
    : taskDefinitionArn(scope, readReference(text).family, readReference(text).revision ?? 1));

export function describeTaskDefinition(definition: TaskDefinition): client.TaskDefinition {
  const { input } = definition;
  return {
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: definition.status,
    containerDefinitions: [...definition.containers],
    volumes: input.volumes ?? [],
    placementConstraints: input.placementConstraints ?? [],
    requiresAttributes: [...definition.requiresAttributes],
    compatibilities: ['EXTERNAL', 'EC2'],
    registeredAt: definition.registeredAt,
    registeredBy: definition.registeredBy,
    ...(input.taskRoleArn === undefined ? {} : { taskRoleArn: input.taskRoleArn }),
    ...(input.executionRoleArn === undefined ? {} : { executionRoleArn: input.executionRoleArn }),
    ...(input.networkMode === undefined ? {} : { networkMode: input.networkMode }),
    ...(input.runtimePlatform === undefined ? {} : { runtimePlatform: input.runtimePlatform }),
    ...(input.requiresCompatibilities === undefined
      ? {}
      : { requiresCompatibilities: input.requiresCompatibilities }),
    ...(input.cpu === undefined ? {} : { cpu: input.cpu }),
    ...(input.memory === undefined ? {} : { memory: input.memory }),
    ...(definition.deregisteredAt === undefined
      ? {}
      : { deregisteredAt: definition.deregisteredAt }),
  };
}
