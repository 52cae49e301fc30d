import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { parseName } from './parameter-name.ts';
import { publicParameter } from './public-parameters.ts';
import { ssmState, type Parameter } from './state.ts';

const publicPrefix = '/aws/';

export const notFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

/** The name behind a name or an ARN, without a version. */
export function nameOf(scope: Scope, nameOrArn: string): string {
  const { name, plainName } = parseName(nameOrArn);
  const { parameters } = ssmState.in(scope);
  return plainName !== undefined && !parameters.has(name) && parameters.has(plainName)
    ? plainName
    : name;
}

/**
 * A parameter, or the version of it that is asked for.
 *
 * @throws AwsError ParameterVersionNotFound for a version that is not kept, and for every label: nothing sets one here
 */
export function findParameter(scope: Scope, nameOrArn: string): Parameter | undefined {
  const name = nameOf(scope, nameOrArn);
  const { selector } = parseName(nameOrArn);
  if (name.startsWith(publicPrefix)) {
    const found = publicParameter(scope, name);
    if (found && selector !== undefined && selector !== String(found.version))
      throw versionNotFound(name, selector);
    return found;
  }
  const { parameters, versions } = ssmState.in(scope);
  const current = parameters.get(name);
  if (!current || selector === undefined) return current;
  const version = versions.get(name)?.find((item) => String(item.version) === selector);
  if (!version) throw versionNotFound(name, selector);
  return version;
}

const versionNotFound = (name: string, selector: string): AwsError =>
  new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );
