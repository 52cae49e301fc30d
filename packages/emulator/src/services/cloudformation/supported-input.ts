import { validationError } from '../../cloudformation/validation-error.ts';

const isNeutral = (value: unknown): boolean =>
  value === undefined || value === false || (Array.isArray(value) && value.length === 0);

/**
 * Refuses input members that this emulator does not model; one that asks for nothing may be there.
 *
 * @throws AwsError ValidationError
 */
export function supportOnly(input: object, supported: readonly string[]): void {
  for (const [name, value] of Object.entries(input))
    if (!supported.includes(name) && !isNeutral(value))
      throw validationError(`the parameter ${name} is not modelled by this emulator`);
}

/** @throws AwsError ValidationError */
export function requireName(member: string, value: string): void {
  if (value.length > 128 || !/^[a-zA-Z][-a-zA-Z0-9]*$/.test(value))
    throw validationError(
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]* and have length less than or equal to 128`,
    );
}
