import type { AwsError } from '../../world/aws-error.ts';
import {
  firstProblem,
  lastMember,
  printedValue,
  type InputProblem,
} from '../../world/input-problem.ts';
import { invalidValue, missingParameter } from './errors.ts';

/**
 * EC2 names one problem at a time (source: EC2 API Reference, "Error codes": MissingParameter, InvalidParameterValue;
 * texts as users report them, where they do).
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const name = lastMember(problem);
  const shown = printedValue(problem.part);
  switch (problem.rule) {
    case 'required':
      return missingParameter(name);
    case 'enum':
      return invalidValue(`Invalid value '${shown}' for ${name}.`);
    case 'min':
    case 'max':
      return problem.measures === 'value'
        ? invalidValue(
            `Value ( ${shown} ) for parameter ${name} is invalid. Expecting a value ${problem.rule === 'min' ? 'greater' : 'smaller'} than or equal to ${problem.limit}.`,
          )
        : invalidValue(
            `Value (${shown}) for parameter ${name} is invalid. It must have length ${problem.rule === 'min' ? 'greater' : 'less'} than or equal to ${problem.limit}.`,
          );
    case 'pattern':
      return invalidValue(
        `Value (${shown}) for parameter ${name} is invalid. It must match ${problem.limit}`,
      );
    default:
      return problem.rule satisfies never;
  }
}
