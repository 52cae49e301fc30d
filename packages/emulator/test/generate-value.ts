import { createHash } from 'node:crypto';
import type { Location, Member, Shape, StructureShape } from '../src/wire/shape.ts';

const digest = (path: string): Buffer => createHash('sha256').update(path).digest();
/** Everything that a body has to escape. */
const awkward = ' <&>"\' + % é 日本';

/**
 * A value that fits a shape and follows from the path alone. Every member is present except where it would recurse;
 * lists and maps hold two items, and a union holds one member.
 */
export function generateValue(shape: Shape, path: string): unknown {
  return generate(shape, path, { ancestors: [], location: undefined });
}

interface Context {
  readonly ancestors: readonly StructureShape[];
  readonly location: Location | undefined;
}

function generate(shape: Shape, path: string, context: Context): unknown {
  const bytes = digest(path);
  const { location } = context;
  switch (shape.kind) {
    case 'structure':
      return generateStructure(shape, path, context);
    case 'list':
      return [0, 1].map((index) => generate(shape.item, `${path}[${index}]`, context));
    case 'map':
      return Object.fromEntries(
        ['one', 'two'].map((key) => [key, generate(shape.value, `${path}.${key}`, context)]),
      );
    case 'string': {
      const word = bytes.toString('hex').slice(0, 8);
      const carriesAnything =
        location === undefined || ['payload', 'query', 'label'].includes(location.in);
      return carriesAnything ? word + awkward : word;
    }
    case 'number':
    case 'decimal':
      return location?.in === 'status-code' ? 200 : bytes.readUInt16BE(0);
    case 'bigint':
      return BigInt(bytes.readUInt16BE(0));
    case 'boolean':
      return bytes.readUInt8(0) % 2 === 0;
    case 'timestamp':
      return new Date(bytes.readUInt32BE(0) * 1000);
    case 'blob':
    case 'stream':
      return new Uint8Array(bytes.subarray(0, 9));
    case 'document':
      return { text: awkward, list: [1, true, null] };
    case 'unit':
      return undefined;
    default:
      return shape satisfies never;
  }
}

function generateStructure(
  shape: StructureShape,
  path: string,
  context: Context,
): Record<string, unknown> {
  const ancestors = [...context.ancestors, shape];
  const finite = shape.members.filter((member) => !recurses(member.shape, ancestors));
  const first = digest(path).readUInt8(0) % Math.max(1, finite.length);
  const members: readonly Member[] = shape.isUnion ? finite.slice(first, first + 1) : finite;
  return Object.fromEntries(
    members.map((member) => [
      member.name,
      generate(member.shape, `${path}.${member.name}`, { ancestors, location: member.location }),
    ]),
  );
}

/** Whether a value would lead back into a structure that surrounds it. */
function recurses(shape: Shape, ancestors: readonly StructureShape[]): boolean {
  if (shape.kind === 'list') return recurses(shape.item, ancestors);
  if (shape.kind === 'map') return recurses(shape.value, ancestors);
  return shape.kind === 'structure' && ancestors.includes(shape);
}
