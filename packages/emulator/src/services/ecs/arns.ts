import type { Scope } from '../../world/scope.ts';
import { invalidParameter } from './errors.ts';

const ecsArn = (scope: Scope, resource: string): string => scope.arn(resource, { service: 'ecs' });

export const clusterArn = (scope: Scope, name: string): string => ecsArn(scope, `cluster/${name}`);

export const serviceArn = (scope: Scope, cluster: string, name: string): string =>
  ecsArn(scope, `service/${cluster}/${name}`);

export const taskArn = (scope: Scope, cluster: string, id: string): string =>
  ecsArn(scope, `task/${cluster}/${id}`);

export const containerInstanceArn = (scope: Scope, cluster: string, id: string): string =>
  ecsArn(scope, `container-instance/${cluster}/${id}`);

export const taskDefinitionArn = (scope: Scope, family: string, revision: number | '*'): string =>
  ecsArn(scope, `task-definition/${family}:${revision}`);

export const capacityProviderArn = (scope: Scope, name: string): string =>
  ecsArn(scope, `capacity-provider/${name}`);

/** Source: ECS Developer Guide, "Amazon ECS clusters": the cluster of calls and agents that name none. */
export const defaultClusterName = 'default';

/** The name of a cluster that is given by name or ARN. */
export const clusterNameOf = (nameOrArn: string | undefined): string => {
  if (nameOrArn === undefined || nameOrArn === '') return defaultClusterName;
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? '') : nameOrArn;
};

/** The last part of an ARN of the given kind, or the text itself. */
export const shortName = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? '') : nameOrArn;

/** Whether an ARN belongs to the scope's account and Region; a short name always does. */
export const isHere = (scope: Scope, nameOrArn: string): boolean => {
  if (!nameOrArn.startsWith('arn:')) return true;
  const [, , , region, account] = nameOrArn.split(':');
  return region === scope.region && account === scope.account;
};

/** Source: ECS API Reference: names have up to 255 letters, digits, underscores and hyphens. */
export function checkName(name: string, what: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter(`Invalid ${what} name.`);
}
