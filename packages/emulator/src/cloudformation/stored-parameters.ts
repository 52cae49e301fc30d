import { GetParametersCommand, type Parameter } from '@aws-sdk/client-ssm';
import { isAwsError } from '../world/aws-error.ts';
import type { Scope } from '../world/scope.ts';
import type { Actor } from './actor.ts';
import { validationError } from './validation-error.ts';

const namesPerCallMax = 10; // SSM GetParameters, "Names": 1 to 10

/** What Parameter Store holds under some names, and the names under which it holds nothing. */
interface Stored {
  readonly found: readonly Parameter[];
  readonly missing: readonly string[];
}

/** Source: CloudFormation needs `ssm:GetParameters`, User Guide, "Specify existing resources at runtime". */
async function readStored(scope: Scope, actor: Actor, names: readonly string[]): Promise<Stored> {
  const found: Parameter[] = [];
  const missing: string[] = [];
  for (let index = 0; index < names.length; index += namesPerCallMax) {
    const command = new GetParametersCommand({
      Names: names.slice(index, index + namesPerCallMax),
    });
    try {
      const output = await scope.send(command, { as: actor.principal, via: actor.via });
      found.push(...(output.Parameters ?? []));
      missing.push(...(output.InvalidParameters ?? []));
    } catch (error) {
      if (isAwsError(error)) throw validationError(error.message);
      throw error;
    }
  }
  return { found, missing };
}

/**
 * The values behind the template parameters of type `AWS::SSM::Parameter::Value<...>`.
 *
 * @throws AwsError ValidationError
 */
export async function storedTexts(
  scope: Scope,
  actor: Actor,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { found, missing } = await readStored(scope, actor, names);
  if (missing.length > 0)
    throw validationError(
      `Unable to fetch parameters [${missing.join(', ')}] from parameter store for this account.`,
    );
  const secret = found.filter(({ Type }) => Type === 'SecureString').map(({ Name }) => Name);
  if (secret.length > 0)
    throw validationError(
      `Parameters [${secret.join(', ')}] referenced by template have types not supported by CloudFormation.`,
    );
  return byRequestedName(names, found);
}

/** Whoever asks by ARN is answered by name. */
function byRequestedName(
  names: readonly string[],
  found: readonly Parameter[],
): ReadonlyMap<string, string> {
  const valueOf = (asked: string): string | undefined =>
    found.find(({ Name, ARN }) => Name === asked || ARN === asked)?.Value;
  return new Map(names.map((name) => [name, valueOf(name) ?? '']));
}

/**
 * The values behind `{{resolve:ssm:name}}`.
 *
 * @throws AwsError ValidationError
 */
export async function referencedTexts(
  scope: Scope,
  actor: Actor,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { found, missing } = await readStored(scope, actor, names);
  if (missing.length > 0)
    throw validationError(
      `Parameters: [${missing.map((name) => `ssm:${name}`).join(', ')}] cannot be found.`,
    );
  const secret = found.filter(({ Type }) => Type === 'SecureString').map(({ Name }) => Name);
  if (secret.length > 0)
    throw validationError(
      `Non-secure ssm prefix was used for secure parameter: ${secret.join(', ')}`,
    );
  return byRequestedName(names, found);
}
