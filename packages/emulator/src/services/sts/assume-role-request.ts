import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { checkSessionTags } from './session-tags.ts';

// STS API Reference, AssumeRole
const chainedSecondsMax = 3_600; // "role chaining"
const policyArnsMax = 10;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/**
 * Checks what STS checks before it looks at any role, beyond the model of the request.
 *
 * @throws AwsError ValidationError
 */
export function checkAssumeRoleRequest(input: AssumeRoleCommandInput, call: Call): void {
  refuseUnmodelled(input, ['ProvidedContexts', 'SerialNumber', 'TokenCode'], 'ValidationError');
  const arn = input.RoleArn ?? '';
  if (!/^arn:aws:iam::\d{12}:role\/[!-~]+$/.test(arn)) throw invalid(`${arn} is invalid`);
  checkDuration(input.DurationSeconds, call);
  if ((input.PolicyArns ?? []).length > policyArnsMax)
    throw invalid(`at most ${policyArnsMax} session policies can be passed by ARN`);
  checkSessionTags(input, call.caller);
}

function checkDuration(seconds: number | undefined, call: Call): void {
  if (seconds === undefined) return;
  if (call.caller.kind === 'assumed-role' && seconds > chainedSecondsMax)
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
}
