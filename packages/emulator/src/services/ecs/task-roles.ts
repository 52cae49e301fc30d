import type { Scope } from '../../world/scope.ts';
import { isAssumableBy } from '../iam/service-session.ts';
import type { TaskDefinition } from './state.ts';

/** The name under which the roles of tasks are assumed. Source: ECS Developer Guide, "Amazon ECS task IAM role" */
export const tasksPrincipal = 'ecs-tasks.amazonaws.com';

/** What ECS says when a role of a task cannot be assumed now; undefined while all can. */
export function roleProblem(scope: Scope, { input }: TaskDefinition): string | undefined {
  const refused = [input.taskRoleArn, input.executionRoleArn].find(
    (role) => role !== undefined && !isAssumableBy(scope, role, tasksPrincipal),
  );
  return refused === undefined
    ? undefined
    : `ECS was unable to assume the role '${refused}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
