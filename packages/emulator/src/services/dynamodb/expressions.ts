import { isRecord } from '../../wire/scalars.ts';
import { dynaliteDb, type Attribute, type Expression, type Item, type Path } from './dynalite.ts';

/**
 * Whether a condition or filter holds for an item. dynalite parses and compares scalars; equality is decided here,
 * because it knows none of lists and maps.
 *
 * Source: DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions".
 */
export function holds(expression: Expression, item: Item): boolean {
  const { type, args } = expression;
  const [first, second] = args;
  switch (type) {
    case 'and':
      return args.every((arg) => holds(arg as Expression, item));
    case 'or':
      return args.some((arg) => holds(arg as Expression, item));
    case 'not':
      return !holds(first as Expression, item);
    case '=':
    case '<>':
      if (isFunction(first) || isFunction(second)) break;
      return equal(valueOf(first, item), valueOf(second, item)) === (type === '=');
    case 'in':
      if (isFunction(first)) break;
      return args.slice(1).some((arg) => equal(valueOf(first, item), valueOf(arg, item)));
    default:
      break;
  }
  return dynaliteDb.matchesExprFilter(item, expression);
}

type Operand = Expression['args'][number] | undefined;

const isPath = (operand: Operand): operand is Path => Array.isArray(operand);

const isFunction = (operand: Operand): boolean =>
  operand !== undefined && !isPath(operand) && typeof operand['type'] === 'string';

const valueOf = (operand: Operand, item: Item): Attribute | undefined =>
  operand === undefined
    ? undefined
    : isPath(operand)
      ? (dynaliteDb.mapPath(operand, item) ?? undefined)
      : (operand as Attribute);

/** What is missing equals nothing, not even something else that is missing. */
const equal = (left: Attribute | undefined, right: Attribute | undefined): boolean =>
  left !== undefined && right !== undefined && canonical(left) === canonical(right);

/** One text for equal values: members of sets and maps have no order. */
function canonical(attribute: Attribute): string {
  const [[type, value] = ['', undefined]] = Object.entries(attribute);
  if (type === 'L' && Array.isArray(value))
    return `L[${value.map((item) => canonical(item as Attribute)).join(',')}]`;
  if (type === 'M' && isRecord(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Attribute)}`);
    return `M{${members.join(',')}}`;
  }
  if (Array.isArray(value)) return `${type}${JSON.stringify(value.map(String).sort())}`;
  return `${type}${JSON.stringify(value)}`;
}
