import { AwsError } from '../../world/aws-error.ts';
import { firstProblem, javaPath, type InputProblem } from '../../world/input-problem.ts';

/** Source: Organizations API Reference, InvalidInputException, the reasons and their sentences. */
const reasons = {
  required: ['INPUT_REQUIRED', 'You must include a value for all required parameters.'],
  pattern: ['INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
  enum: ['INVALID_ENUM', 'You specified an invalid value.'],
} as const;
const limits = {
  length: {
    max: ['MAX_LENGTH_EXCEEDED', 'You provided a string parameter that is longer than allowed.'],
    min: ['MIN_LENGTH_EXCEEDED', 'You provided a string parameter that is shorter than allowed.'],
  },
  value: {
    max: [
      'MAX_VALUE_EXCEEDED',
      'You provided a numeric parameter that has a larger value than allowed.',
    ],
    min: [
      'MIN_VALUE_EXCEEDED',
      'You provided a numeric parameter that has a smaller value than allowed.',
    ],
  },
} as const;

/**
 * Organizations gives a reason and no place (source: boto/boto3#4565); the place is added here, since a message without
 * it helps nobody.
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const { rule, measures } = problem;
  const [reason, sentence] =
    rule === 'min' || rule === 'max' ? limits[measures][rule] : reasons[rule];
  return new AwsError(
    'InvalidInputException',
    `${sentence} (${javaPath(problem)}: ${problem.says})`,
    { details: { Reason: reason } },
  );
}
