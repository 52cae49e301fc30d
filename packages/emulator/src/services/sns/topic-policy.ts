import { conditionContext } from '../../iam/condition-context.ts';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { World } from '../../world/world.ts';
import { asList, fieldOf } from '../../iam/statement-fields.ts';
import { bindPolicy } from '../iam/principal-binding.ts';
import type { TopicPolicy } from './state.ts';
import { invalidParameter } from './topic-lookup.ts';

// SNS Developer Guide, "Amazon SNS API permissions: Actions and resources reference", policy quotas.
const policyBytesMax = 30_720;
const statementsMax = 100;

/** The same page, "Valid Amazon SNS policy actions", and `Receive` of older policies; wildcards are refused. */
const policyActions: ReadonlySet<string> = new Set(
  [
    'AddPermission',
    'DeleteTopic',
    'GetDataProtectionPolicy',
    'GetTopicAttributes',
    'ListSubscriptionsByTopic',
    'ListTagsForResource',
    'Publish',
    'PutDataProtectionPolicy',
    'Receive',
    'RemovePermission',
    'SetTopicAttributes',
    'Subscribe',
  ].map((action) => `sns:${action}`.toLowerCase()),
);

/** What a policy that names a missing user, role or account is refused with. */
export const principalNotFound = 'Invalid parameter: Policy Error: PrincipalNotFound';

/** The policy that a topic has until another one is set (GetTopicAttributes of a new topic). */
export const defaultPolicyText = (topicArn: string, account: string): string =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });

/**
 * Reads a topic's policy.
 *
 * @throws AwsError InvalidParameter
 */
export function readTopicPolicy(world: World, topicArn: string, text: string): TopicPolicy {
  if (text === '') throw invalidParameter('Policy Error: null');
  if (Buffer.byteLength(text) > policyBytesMax)
    throw invalidParameter(`Policy Reason: it has more than ${policyBytesMax} bytes`);
  const options = {
    name: `policy of ${topicArn}`,
    kind: 'resource',
    resourceElement: 'required',
  } as const;
  const policy = wellFormed(() => compilePolicy(text, options), malformed);
  requireStatements(topicArn, policy, asList(fieldOf(JSON.parse(text), 'Statement')));
  const bind = (document: string) =>
    wellFormed(() => bindPolicy(world, document, options), missingPrincipal);
  const shown = bind(text);
  return {
    text,
    compiled: bind(withAlarms(text)).compiled,
    show: () => shown.show(),
  };
}

const malformed = (cause: MalformedPolicy): AwsError =>
  invalidParameter(`Policy Error: ${cause.message}`);
const missingPrincipal = (): AwsError => new AwsError('InvalidParameter', principalNotFound);

function wellFormed<T>(read: () => T, refusal: (cause: MalformedPolicy) => AwsError): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof MalformedPolicy ? refusal(cause) : cause;
  }
}

/** What SNS asks of a policy beyond its grammar: few statements with own ids, about this topic and actions on topics. */
function requireStatements(
  topicArn: string,
  policy: CompiledPolicy,
  statements: readonly unknown[],
): void {
  if (statements.length > statementsMax)
    throw invalidParameter(`Policy Error: more than ${statementsMax} statements`);
  const sids = policy.statements.flatMap(({ sid }) => (sid === undefined ? [] : [sid]));
  if (new Set(sids).size < sids.length)
    throw invalidParameter('Policy Error: two statements have the same Sid');
  const nothing = conditionContext({});
  const isAbroad = policy.statements.some(
    ({ matchesResource }) => !matchesResource(topicArn, nothing),
  );
  if (isAbroad || statements.some((statement) => asList(fieldOf(statement, 'Resource')).length > 1))
    throw invalidParameter(
      `Policy Error: each statement names one resource, which matches ${topicArn}`,
    );
  for (const statement of statements)
    for (const action of asList(fieldOf(statement, 'Action') ?? fieldOf(statement, 'NotAction')))
      if (!policyActions.has(String(action).toLowerCase()))
        throw invalidParameter(`Policy statement action out of service scope! (${String(action)})`);
}

/**
 * The evaluator takes no service for part of `*`. CloudWatch alarms do publish under statements for everyone that ask for
 * `aws:SourceOwner`, as that of the default policy does, and stop doing so when such a statement goes.
 */
function withAlarms(text: string): string {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return text;
  const statements = asList(document['Statement']).map((statement) =>
    isRecord(statement) && statement['Effect'] === 'Allow' && isForOwners(statement)
      ? { ...statement, Principal: { AWS: '*', Service: 'cloudwatch.amazonaws.com' } }
      : statement,
  );
  return JSON.stringify({ ...document, Statement: statements });
}

function isForOwners(statement: Readonly<Record<string, unknown>>): boolean {
  const principal = statement['Principal'];
  const isEveryone =
    principal === '*' ||
    (isRecord(principal) &&
      Object.keys(principal).join() === 'AWS' &&
      asList(principal['AWS']).join() === '*');
  const condition = statement['Condition'];
  const keys = isRecord(condition)
    ? Object.values(condition).flatMap((test) => (isRecord(test) ? Object.keys(test) : []))
    : [];
  return isEveryone && keys.some((key) => key.toLowerCase() === 'aws:sourceowner');
}
