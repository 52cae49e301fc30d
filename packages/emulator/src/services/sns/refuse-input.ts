import { AwsError } from '../../world/aws-error.ts';
import { firstProblem, lastMember, type InputProblem } from '../../world/input-problem.ts';

/**
 * SNS names one problem at a time, e.g. `Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1`
 * (source: aws-samples/amazon-rekognition-video-analyzer#41); the reasons are this emulator's.
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  return new AwsError(
    'InvalidParameter',
    `Invalid parameter: ${lastMember(problem)} Reason: ${problem.says}`,
  );
}
