import type { AssumeRoleCommandInput, Tag } from '@aws-sdk/client-sts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';

// STS API Reference, AssumeRole
const durationSecondsMin = 900;
const durationSecondsMax = 43_200;
const chainedSecondsMax = 3_600; // "role chaining"
const policyArnsMax = 10;
const sessionTagsMax = 50;
const tagKeyLengthMax = 128;
const tagValueLengthMax = 256;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/**
 * Checks what STS checks before it looks at any role.
 *
 * @throws AwsError ValidationError
 */
export function checkAssumeRoleRequest(input: AssumeRoleCommandInput, call: Call): void {
  refuseUnmodelled(
    input,
    ['ProvidedContexts', 'SerialNumber', 'TokenCode', 'TransitiveTagKeys'],
    'ValidationError',
  );
  const arn = input.RoleArn ?? '';
  if (!/^arn:aws:iam::\d{12}:role\/[!-~]+$/.test(arn) || arn.length > 2048)
    throw invalid(`${arn} is invalid`);
  checkWord('roleSessionName', input.RoleSessionName ?? '', /^[\w+=,.@-]{2,64}$/);
  if (input.ExternalId !== undefined)
    checkWord('externalId', input.ExternalId, /^[\w+=,.@:/-]{2,1224}$/);
  if (input.SourceIdentity !== undefined)
    checkWord('sourceIdentity', input.SourceIdentity, /^(?!aws:)[\w+=,.@-]{2,64}$/i);
  checkDuration(input.DurationSeconds, call);
  if ((input.PolicyArns ?? []).length > policyArnsMax)
    throw invalid(`at most ${policyArnsMax} session policies can be passed by ARN`);
  checkTags(input.Tags ?? []);
}

function checkWord(member: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value))
    throw invalid(
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern`,
    );
}

function checkDuration(seconds: number | undefined, call: Call): void {
  if (seconds === undefined) return;
  if (seconds < durationSecondsMin || seconds > durationSecondsMax)
    throw invalid(
      `durationSeconds ${seconds} is not between ${durationSecondsMin} and ${durationSecondsMax}`,
    );
  if (call.caller.kind === 'assumed-role' && seconds > chainedSecondsMax)
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
}

function checkTags(tags: readonly Tag[]): void {
  if (tags.length > sessionTagsMax)
    throw invalid(`at most ${sessionTagsMax} session tags can be passed`);
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > tagKeyLengthMax || /^aws:/i.test(key))
      throw invalid(`"${key}" is not a valid key of a session tag`);
    if (value.length > tagValueLengthMax)
      throw invalid(`the value of the session tag ${key} is longer than ${tagValueLengthMax}`);
    if (seen.has(key.toLowerCase()))
      throw new AwsError(
        'InvalidParameterValue',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    seen.add(key.toLowerCase());
  }
}
