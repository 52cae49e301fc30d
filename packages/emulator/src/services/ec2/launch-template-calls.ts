import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { invalidValue } from './errors.ts';
import { findTemplate, type TemplateName } from './launch-template-lookup.ts';
import { ec2State } from './state.ts';
import { resourceTagContext } from './tags.ts';

const clientTokenLengthMax = 128; // EC2 API Reference, CreateLaunchTemplate, ClientToken

/** The check of an action on one launch template. Source: Service Authorization Reference, EC2, resource type launch-template. */
export function templateCheck(call: Call, action: string, named: TemplateName): AccessCheck {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = named;
  const template = findTemplate(call, id === undefined ? { name } : { id });
  return {
    action: `ec2:${action}`,
    resource: ec2Arn(call, 'launch-template', template?.id ?? id ?? '*'),
    context: {
      'ec2:Region': call.region,
      ...resourceTagContext(call, template?.id ?? ''),
    },
  };
}

interface TokenInput {
  readonly ClientToken?: string | undefined;
}

/**
 * Does something once per client token: a call that repeats a token gets the first one's answer.
 *
 * Source: EC2 API Reference, "Ensuring idempotency in Amazon EC2 API requests".
 * @throws AwsError IdempotentParameterMismatch when the repeated call says something else
 */
export function once<O extends object>(call: Call, input: TokenInput, run: () => O): O {
  const token = input.ClientToken;
  if (token === undefined) return run();
  if (token.length > clientTokenLengthMax)
    throw invalidValue(`a client token has at most ${clientTokenLengthMax} characters`);
  const { launchTemplateTokens } = ec2State.in(call);
  const key = `${call.operationName} ${token}`;
  const request = JSON.stringify({ ...input, ClientToken: undefined });
  const known = launchTemplateTokens.get(key);
  if (known && known.request !== request)
    throw new AwsError(
      'IdempotentParameterMismatch',
      `Client token already used before. The call with the token ${token} had other parameters.`,
    );
  if (known) return known.answer as O;
  const answer = run();
  launchTemplateTokens.set(key, { request, answer });
  return answer;
}
