import { isRecord } from '../wire/scalars.ts';
import { validationError } from './validation-error.ts';

const pattern = /\{\{resolve:([a-z-]+):([^}]*)\}\}/g;
const referencesMax = 60; // User Guide, "Get values stored in other services using dynamic references"

/**
 * The names of the Systems Manager parameters that a value refers to dynamically.
 *
 * @throws AwsError ValidationError for references to other services and to versions
 */
export function dynamicReferences(value: unknown): readonly string[] {
  const found = new Set<string>();
  collect(value, found);
  if (found.size > referencesMax)
    throw validationError(`a template can hold ${referencesMax} dynamic references at most`);
  return [...found];
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    for (const [whole, service = '', reference = ''] of value.matchAll(pattern)) {
      if (service !== 'ssm')
        throw validationError(
          `the dynamic reference ${whole} is not modelled by this emulator, only those to ssm are`,
        );
      if (!/^[A-Za-z0-9_.\-/]+(:\d+)?$/.test(reference))
        throw validationError(
          `Incorrect format is used in the following SSM reference: [${whole}]`,
        );
      // Parameter Store keeps no history here.
      if (reference.includes(':'))
        throw validationError(`the version in ${whole} is not modelled by this emulator`);
      found.add(reference);
    }
    return;
  }
  if (Array.isArray(value) || isRecord(value))
    for (const item of Object.values(value)) collect(item, found);
}

/** Puts the values of dynamic references in their places. */
export function withDynamicValues(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (values.size === 0) return value;
  if (typeof value === 'string')
    return value.replaceAll(
      pattern,
      (whole, _service: string, reference: string) => values.get(reference) ?? whole,
    );
  if (Array.isArray(value)) return value.map((item: unknown) => withDynamicValues(item, values));
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withDynamicValues(item, values)]),
  );
}
