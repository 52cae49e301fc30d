import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { lambdaState, type EventSourceMapping } from './state.ts';

export const findMapping = (scope: Scope, id: string | undefined): EventSourceMapping | undefined =>
  lambdaState.in(scope).mappings.get(id ?? '');

/** @throws AwsError ResourceNotFoundException */
export function requireMapping(scope: Scope, id: string | undefined): EventSourceMapping {
  const mapping = findMapping(scope, id);
  if (!mapping)
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      status: 404,
    });
  return mapping;
}
