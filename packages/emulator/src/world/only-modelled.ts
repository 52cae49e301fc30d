import { AwsError } from './aws-error.ts';

/**
 * Refuses every member that an operation does not look at: AWS knows more members than the emulator, and to ignore one
 * would be to answer as if it did nothing.
 *
 * @param modelled the members that the operation looks at
 * @param code the service's own code for a wrong value
 */
export function onlyModelled<I extends object>(
  input: I,
  modelled: readonly (keyof I & string)[],
  code: string,
): void {
  const known: readonly string[] = modelled;
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && !known.includes(name))
      throw new AwsError(code, `${name} is not modelled by this emulator`);
}
