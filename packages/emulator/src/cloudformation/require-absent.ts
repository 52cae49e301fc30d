import { AwsError } from '../world/aws-error.ts';

/**
 * Refuses to make a resource that is there already, where the service itself would repeat its answer: a stack never takes over
 * what it did not make.
 *
 * @param described the service's answer about the resource
 * @throws AwsError `AlreadyExists`
 */
export async function requireAbsent(
  described: Promise<unknown>,
  resource: {
    readonly isMissing: (error: unknown) => boolean;
    readonly type: string;
    readonly identifier: string;
  },
): Promise<void> {
  try {
    await described;
  } catch (error) {
    if (resource.isMissing(error)) return;
    throw error;
  }
  throw new AwsError(
    'AlreadyExists',
    `Resource of type '${resource.type}' with identifier '${resource.identifier}' already exists.`,
  );
}
