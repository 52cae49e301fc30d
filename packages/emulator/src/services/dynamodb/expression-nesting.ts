import { AwsError } from '../../world/aws-error.ts';

/**
 * How deeply parentheses may nest, a limit of this emulator: dynalite's parser takes several times as long for each level.
 * DynamoDB documents none.
 */
const levelsMax = 6;

const expressionMembers = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
] as const;

/**
 * Refuses expressions that the parser would not come to an end with.
 *
 * Source of the words about parentheses: DynamoDB's own answer, as dynalite has it.
 *
 * @throws AwsError ValidationException
 */
export function checkNesting(input: Readonly<Record<string, unknown>>): void {
  for (const member of expressionMembers) {
    const text = input[member];
    const problem = typeof text === 'string' ? nestingProblem(text) : undefined;
    if (problem !== undefined)
      throw new AwsError('ValidationException', `Invalid ${member}: ${problem}`);
  }
}

function nestingProblem(text: string): string | undefined {
  /** Of each open parenthesis: whether another one follows it at once, and where the last one in it was closed. */
  const open: { readonly isDoubled: boolean; innerEnd: number }[] = [];
  const signs = Array.from(text.replaceAll(/\s+/g, ''));
  let levels = 0;
  for (const [index, sign] of signs.entries()) {
    if (sign === '(') open.push({ isDoubled: signs[index + 1] === '(', innerEnd: -1 });
    levels = Math.max(levels, open.length);
    if (sign !== ')') continue;
    const closed = open.pop();
    if (closed?.isDoubled === true && closed.innerEnd === index - 1)
      return 'The expression has redundant parentheses;';
    const around = open.at(-1);
    if (around) around.innerEnd = index;
  }
  return levels > levelsMax
    ? `it nests more than ${levelsMax} parentheses, which this emulator does not model`
    : undefined;
}
