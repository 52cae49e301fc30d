import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import { invalid } from './access.ts';
import type { Attribute, Expression, Item, Request, TableShape } from './dynalite.ts';

// Source of all figures: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB".
const hashKeyBytesMax = 2_048;
const rangeKeyBytesMax = 1_024;
const nestingMax = 32;
const expressionBytesMax = 4_096;
const operatorsMax = 300;
const inOperandsMax = 100;

const bytesOf = ({ S: text, B: bytes, N: digits }: Attribute): number =>
  typeof bytes === 'string'
    ? Buffer.from(bytes, 'base64').length
    : Buffer.byteLength(typeof text === 'string' ? text : typeof digits === 'string' ? digits : '');

/**
 * Holds the key of an item to its size, which dynalite counts in characters.
 *
 * @throws AwsError ValidationException
 */
export function requireKeySize(item: Item, { KeySchema }: TableShape): void {
  const [hash = 0, range = 0] = KeySchema.map(({ AttributeName }) =>
    bytesOf(item[AttributeName] ?? {}),
  );
  const wrong = 'One or more parameter values were invalid: ';
  if (hash > hashKeyBytesMax)
    throw invalid(
      `${wrong}Size of hashkey has exceeded the maximum size limit of${hashKeyBytesMax} bytes`,
    );
  if (range > rangeKeyBytesMax)
    throw invalid(
      `${wrong}Aggregated size of all range keys has exceeded the size limit of ${rangeKeyBytesMax} bytes`,
    );
}

/**
 * Holds a request to the limits of nesting and of expressions, of which dynalite knows nothing.
 *
 * @param json the request as it travels
 * @param request the same with its expressions parsed
 * @throws AwsError ValidationException
 */
export function requireWithinLimits(
  json: Readonly<Record<string, unknown>>,
  request: Request,
): void {
  for (const [name, value] of Object.entries(json)) {
    if (name.endsWith('Expression') && typeof value === 'string')
      requireExpressionSize(name, value);
    if (['Item', 'Key', 'ExpressionAttributeValues', 'RequestItems'].includes(name))
      requireNesting(value, 0);
  }
  const { _condition, _filter, _updates } = request;
  requireOperators('ConditionExpression', _condition && operatorsOf(_condition.expression));
  requireOperators('FilterExpression', _filter && operatorsOf(_filter.expression));
  requireOperators('UpdateExpression', _updates?.sections.length);
}

function requireExpressionSize(name: string, expression: string): void {
  const size = Buffer.byteLength(expression);
  if (size > expressionBytesMax)
    throw invalid(
      `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${size}`,
    );
}

/** Lists and maps within each other; what is around an attribute in a request counts for nothing. */
function requireNesting(value: unknown, level: number): void {
  if (level > nestingMax)
    throw new AwsError(
      'ValidationException',
      'Nesting Levels have exceeded supported limits: Attributes have nesting levels beyond supported limit',
    );
  if (Array.isArray(value)) for (const item of value) requireNesting(item, level);
  else if (isRecord(value))
    for (const [name, inner] of Object.entries(value)) {
      const isLevel = Object.keys(value).length === 1 && (name === 'M' || name === 'L');
      requireNesting(inner, isLevel ? level + 1 : level);
    }
}

const isExpression = (value: Expression['args'][number]): value is Expression =>
  !Array.isArray(value) && typeof Reflect.get(value, 'type') === 'string';

function operatorsOf({ type, args }: Expression): number {
  const [, ...operands] = args;
  if (type === 'in' && operands.length > inOperandsMax)
    throw invalid(
      `Invalid expression: The IN operator is provided with too many operands; number of operands: ${operands.length}`,
    );
  return 1 + args.reduce((sum, arg) => sum + (isExpression(arg) ? operatorsOf(arg) : 0), 0);
}

function requireOperators(name: string, count = 0): void {
  if (count > operatorsMax)
    throw invalid(
      `Invalid ${name}: The expression contains too many operators; maximum operator count: ${operatorsMax}, operator count: ${count}`,
    );
}
