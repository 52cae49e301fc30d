import { accountOfArn } from '../../iam/arn-match.ts';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { logsState, type LogEvent, type LogGroup, type LogStream } from './state.ts';

/** CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays. */
const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];
export const dayMs = 24 * 3_600_000;

export const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

export function checkRetention(days: number | undefined): void {
  if (days === undefined || !retentionDays.includes(days))
    throw invalid(
      `retentionInDays must be one of ${retentionDays.join(', ')}, not ${String(days)}`,
    );
}

export const groupArn = (scope: Scope, name: string): string =>
  scope.arn(`log-group:${name}`, { service: 'logs' });

/** A name, or the ARN of a group of this account with or without `:*`. */
export function nameOf(call: Call, identifier: string | undefined): string {
  const [, name] =
    /^arn:aws:logs:[^:]*:\d{12}:log-group:([^:]*)(?::\*)?$/.exec(identifier ?? '') ?? [];
  if (name === undefined) return identifier ?? '';
  if (accountOfArn(identifier ?? '') !== call.account)
    throw invalid('log groups of other accounts are not modelled by this emulator');
  return name;
}

/** @throws AwsError ResourceNotFoundException */
export function requireGroup(scope: Scope, name: string | undefined): LogGroup {
  const group = logsState.in(scope).groups.get(name ?? '');
  if (!group)
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

/** @throws AwsError ResourceNotFoundException */
export function requireStream(group: LogGroup, name: string | undefined): LogStream {
  const stream = group.streams.get(name ?? '');
  if (!stream)
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

export const tagContext = (
  tags: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, ContextValue>> =>
  Object.fromEntries([...(tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

export const requestTagContext = (
  tags: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  ),
  'aws:TagKeys': tags && Object.keys(tags).length > 0 ? Object.keys(tags) : undefined,
});

/**
 * What CloudWatch Logs checks of a caller. The ARN always names a stream, an empty one where the action concerns the
 * whole group; that is why policies name groups with `:*` at the end.
 *
 * Source: CloudWatch Logs API Reference, LogGroup, `arn` and `logGroupArn`.
 */
export function groupCheck(call: Call, action: string, name: string, stream = ''): AccessCheck {
  const group = logsState.in(call).groups.get(name);
  return {
    action: `logs:${action}`,
    resource: `${groupArn(call, name)}:log-stream:${stream}`,
    context: tagContext(group?.tags),
    // Resource policies let AWS services in, and nobody else.
    resourcePolicy: call.caller.kind === 'service' ? policyOf(call, group) : undefined,
  };
}

function policyOf(scope: Scope, group: LogGroup | undefined): CompiledPolicy {
  const policies = [...logsState.in(scope).policies.values()].map(({ compiled }) => compiled);
  const all = group?.policy ? [...policies, group.policy.compiled] : policies;
  return {
    name: 'CloudWatch Logs resource policies',
    kind: 'resource',
    version: '2012-10-17',
    id: undefined,
    statements: all.flatMap(({ statements }) => statements),
  };
}

/** Events of a stream that its group still keeps; what is expired is dropped here, when somebody looks. */
export function keptEvents(scope: Scope, group: LogGroup, stream: LogStream): readonly LogEvent[] {
  if (group.retentionDays === undefined) return stream.events;
  const oldest = scope.now - group.retentionDays * dayMs;
  if ((stream.events[0]?.timestamp ?? oldest) < oldest)
    stream.events = stream.events.filter(({ timestamp }) => timestamp >= oldest);
  return stream.events;
}

/** UTF-8 bytes and 26 of overhead for each event (CloudWatch Logs API Reference, PutLogEvents). */
export const storedBytes = (events: readonly { readonly message: string }[]): number =>
  events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + eventOverheadBytes, 0);
const eventOverheadBytes = 26;
