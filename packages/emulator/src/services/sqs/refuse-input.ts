import { AwsError } from '../../world/aws-error.ts';
import {
  firstProblem,
  lastMember,
  printedValue,
  type InputProblem,
} from '../../world/input-problem.ts';

/** Source: SQS API Reference, errors of the operations, and "Common errors" (MissingParameter). */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const name = lastMember(problem);
  if (problem.rule === 'required')
    return new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
  const shown = printedValue(problem.part);
  // SQS's model constrains only the names of attributes.
  return name === 'MessageSystemAttributes'
    ? new AwsError(
        'InvalidParameterValue',
        `Message system attribute name '${shown}' is invalid. ${problem.says}`,
      )
    : new AwsError('InvalidAttributeName', `Unknown Attribute ${shown}.`);
}
