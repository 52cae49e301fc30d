import { AwsError } from '../../world/aws-error.ts';

const nameLengthMax = 1_011; // SSM API Reference, PutParameter, Name: 2,048 less 1,037 that Systems Manager keeps
const levelsMax = 15; // the same

/** @throws AwsError for a name that a parameter cannot get */
export function checkNewName(name: string): void {
  if (/^\/?(aws|ssm)/i.test(name))
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  if (name.length > nameLengthMax)
    throw invalidName(`it has ${name.length} characters, at most ${nameLengthMax} are allowed`);
  if (name.includes('/') && !name.startsWith('/'))
    throw new AwsError(
      'ValidationException',
      `Parameter name must be a fully qualified name: "${name}" needs a slash in front.`,
    );
  const levels = name.replace(/^\//, '').split('/');
  if (!levels.every((level) => /^[a-zA-Z0-9._-]+$/.test(level)))
    throw invalidName(
      `"${name}" may consist of sub-paths divided by a slash, each a mix of letters, numbers and the symbols . - _`,
    );
  if (levels.length > levelsMax)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `${name} has ${levels.length} levels: a hierarchy can have a maximum of ${levelsMax}.`,
    );
}

const invalidName = (why: string): AwsError =>
  new AwsError('ValidationException', `Parameter name: ${why}.`);

/** How a call names a parameter: by name or ARN, and perhaps one of its versions. */
export interface NamedParameter {
  readonly name: string;
  readonly selector: string | undefined;
}

/**
 * Takes a name or an ARN apart. The ARN of a name without a slash has one all the same, so it stands for two names.
 *
 * Source: SSM API Reference, GetParameter, Name: `name`, `name:version`, `name:label`.
 */
export function parseName(nameOrArn: string): NamedParameter & { readonly plainName?: string } {
  const [, path] = /^arn:aws:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(nameOrArn) ?? [];
  const [text = '', selector] = (path ?? nameOrArn).split(':');
  return path === undefined || text.indexOf('/', 1) !== -1
    ? { name: text, selector }
    : { name: text, selector, plainName: text.slice(1) };
}
