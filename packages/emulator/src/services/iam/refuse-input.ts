import { AwsError } from '../../world/aws-error.ts';
import { constraintsError, javaPath, type InputProblem } from '../../world/input-problem.ts';

/** The patterns of names, and what IAM says of them. */
const nameCharacters = /^\[\\w\+=,\.@-\][+*]$/;

/**
 * IAM has a sentence of its own for texts of the wrong form (source: aws-amplify/amplify-cli#9120) and repeats no
 * values (source: boto/botocore#3337).
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const code = 'ValidationError';
  const [first] = problems;
  if (first?.rule !== 'pattern' || problems.some(({ rule }) => rule !== 'pattern'))
    return constraintsError(
      code,
      problems.filter(({ rule }) => rule !== 'pattern'),
      true,
    );
  const allowed = nameCharacters.test(first.limit)
    ? 'It must contain only alphanumeric characters and/or the following: +=,.@_-'
    : `It must match ${first.limit}`;
  return new AwsError(code, `The specified value for ${javaPath(first)} is invalid. ${allowed}`);
}
