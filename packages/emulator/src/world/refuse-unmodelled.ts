import { AwsError } from './aws-error.ts';

/**
 * Refuses input members that would change what AWS does and that an operation does not model.
 *
 * @throws AwsError naming the first such member
 */
export function refuseUnmodelled<I extends object>(
  input: I,
  members: readonly (keyof I & string)[],
  code: string,
): void {
  const found = members.find((member) => input[member] !== undefined);
  if (found !== undefined) throw new AwsError(code, `${found} is not modelled by this emulator`);
}
