import { AwsError } from '../../world/aws-error.ts';
import { constraintsError, printedValue, type InputProblem } from '../../world/input-problem.ts';

/** Operations that answer in CloudWatch's old way; the others came later and answer as most of AWS does. */
const oldOperations = new Set(['GetMetricStatistics', 'ListMetrics', 'PutMetricData']);

/**
 * Missing members of the old operations are `MissingParameter: The parameter MetricData.member.12.Dimensions.member.1.Value
 * is required.` (source: sj26/sidekiq-cloudwatchmetrics#43, awslabs/cloudwatch-fluent-metrics#13), wrong values
 * `InvalidParameterValue` (source: API Reference, errors of the operations; the wording is this emulator's).
 */
export function refuseInput(problems: readonly InputProblem[], operation: string): AwsError {
  if (!oldOperations.has(operation)) return constraintsError('ValidationError', problems);
  const missing = problems.filter((problem) => problem.rule === 'required');
  if (missing.length > 0)
    return new AwsError(
      'MissingParameter',
      missing.map((problem) => `The parameter ${queryPath(problem)} is required.`).join('\n'),
    );
  return new AwsError(
    'InvalidParameterValue',
    problems
      .map(
        (problem) =>
          `The value ${printedValue(problem.value)} for parameter ${queryPath(problem)} is invalid. ${problem.says}.`,
      )
      .join('\n'),
  );
}

/** The place as a form names it. */
const queryPath = ({ path }: InputProblem): string =>
  path
    .map((step) =>
      'member' in step
        ? step.member.name
        : 'item' in step
          ? `member.${step.item}`
          : `entry.${step.key}`,
    )
    .join('.');
