import type { Shape, StructureShape } from '../wire/shape.ts';
import { isRecord } from '../wire/scalars.ts';
import { AwsError } from './aws-error.ts';

/**
 * Checks that required members are there and that no unknown one is, and copies the input, so that caller and
 * service share no object.
 *
 * @throws AwsError with the service's validation code, naming the member
 */
export function checkInput(shape: Shape, input: unknown, code: string): unknown {
  return shape.kind === 'structure' ? checkStructure(shape, input, { code, path: '' }) : {};
}

interface Where {
  readonly code: string;
  readonly path: string;
}

function check(shape: Shape, value: unknown, where: Where): unknown {
  switch (shape.kind) {
    case 'structure':
      return checkStructure(shape, value, where);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(where, 'a list', value);
      return value.map((item, index) =>
        check(shape.item, item, { ...where, path: `${where.path}[${index}]` }),
      );
    case 'map':
      if (!isRecord(value)) throw wrongType(where, 'a map', value);
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [
            key,
            check(shape.value, item, { ...where, path: `${where.path}.${key}` }),
          ]),
      );
    case 'string':
      if (typeof value !== 'string') throw wrongType(where, 'a string', value);
      return value;
    case 'number':
      if (typeof value !== 'number') throw wrongType(where, 'a number', value);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(where, 'a boolean', value);
      return value;
    default:
      return value;
  }
}

function checkStructure(
  shape: StructureShape,
  value: unknown,
  where: Where,
): Record<string, unknown> {
  if (!isRecord(value)) throw wrongType(where, `the structure ${shape.name}`, value);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const member = shape.byName.get(key);
    const path = where.path === '' ? key : `${where.path}.${key}`;
    if (!member) throw new AwsError(where.code, `Unknown parameter in ${shape.name}: "${path}"`);
    result[key] = check(member.shape, item, { code: where.code, path });
  }
  for (const member of shape.members)
    if (member.required && !(member.name in result))
      throw new AwsError(
        where.code,
        `Missing required parameter in ${shape.name}: "${member.name}"`,
      );
  return result;
}

const wrongType = ({ code, path }: Where, wanted: string, value: unknown): AwsError =>
  new AwsError(
    code,
    `Invalid type for parameter ${path}: expected ${wanted}, not ${JSON.stringify(value)}`,
  );
