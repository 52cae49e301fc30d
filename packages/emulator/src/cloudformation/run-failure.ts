import { isAwsError } from '../world/aws-error.ts';
import type { Application } from './apply-content.ts';
import { settleOutputs } from './settle-outputs.ts';

/** CloudFormation answers first and begins then. */
export const startDelayMs = 1_000;

/**
 * Says what went wrong in an application that came to its end, as the stack's status reason says it; where nothing
 * did, takes over outputs and imports.
 */
export function conclude(application: Application): string | undefined {
  const { failedToCreate, failedToUpdate } = application;
  if (failedToCreate.length + failedToUpdate.length > 0)
    return failedTo('create', failedToCreate) + failedTo('update', failedToUpdate);
  const { stack } = application.run;
  try {
    stack.outputs = settleOutputs(application);
    stack.imports = application.imports;
    return undefined;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return `${error.message} `;
  }
}

export const failedTo = (verb: 'create' | 'update' | 'delete', ids: readonly string[]): string =>
  ids.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
