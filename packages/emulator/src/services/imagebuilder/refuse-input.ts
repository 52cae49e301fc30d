import type { AwsError } from '../../world/aws-error.ts';
import { firstProblem, type InputProblem } from '../../world/input-problem.ts';
import { invalidRequest, invalidValue } from './errors.ts';

/** Image Builder names one problem and its place, e.g. `components[0].parameters` (source: boto/boto3#2224). */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const place = placeOf(problem);
  switch (problem.rule) {
    case 'required':
      return invalidRequest(`Missing required parameter '${place}'`);
    case 'pattern':
      return invalidValue(place, `'${place}' must match pattern ${problem.limit}`);
    case 'enum':
      return invalidValue(place, `'${place}' must be one of ${problem.limit}`);
    case 'min':
    case 'max':
      return invalidValue(
        place,
        `'${place}' must have ${problem.measures} ${problem.rule === 'min' ? 'greater' : 'less'} than or equal to ${problem.limit}`,
      );
    default:
      return problem.rule satisfies never;
  }
}

const placeOf = ({ path }: InputProblem): string =>
  path
    .map((step, index) => {
      if ('item' in step) return `[${step.item - 1}]`;
      const name = 'member' in step ? step.member.name : step.key;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
