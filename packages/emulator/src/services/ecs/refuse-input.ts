import type { AwsError } from '../../world/aws-error.ts';
import {
  firstProblem,
  lastMember,
  printedValue,
  type InputProblem,
} from '../../world/input-problem.ts';
import { invalidParameter } from './errors.ts';

/**
 * ECS names one problem at a time and lists what is allowed, e.g. `include should be one of
 * [ATTACHMENTS,SETTINGS,STATISTICS,TAGS]` (source: hashicorp/terraform-provider-aws#23342); the words for the other
 * problems are this emulator's.
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const name = lastMember(problem);
  if (problem.rule === 'required') return invalidParameter(`${name} can not be blank.`);
  if (problem.rule === 'enum')
    return invalidParameter(`${name} should be one of ${problem.limit.replaceAll(', ', ',')}`);
  return invalidParameter(`${name} '${printedValue(problem.part)}' is not valid. ${problem.says}.`);
}
