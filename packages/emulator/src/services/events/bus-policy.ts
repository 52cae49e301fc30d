import type * as client from '@aws-sdk/client-eventbridge';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { isRecord } from '../../wire/scalars.ts';
import { busArn, ownPlaceOfBus, requireBus, validation, type BusPlace } from './bus-lookup.ts';
import type { EventBus, PolicyStatement } from './state.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

const policyBytesMax = 10_240; // EventBridge quotas: size of an event bus policy

/** The policy document of a bus, or undefined without statements. */
export const busPolicyText = (bus: EventBus): string | undefined =>
  bus.statements.length === 0
    ? undefined
    : JSON.stringify({ Version: '2012-10-17', Statement: bus.statements });

function setStatements(
  bus: EventBus,
  place: BusPlace,
  statements: readonly PolicyStatement[],
  now: number,
): void {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  if (Buffer.byteLength(text) > policyBytesMax)
    throw new AwsError(
      'PolicyLengthExceededException',
      `The event bus policy has more than ${policyBytesMax} bytes.`,
    );
  try {
    bus.policy =
      statements.length === 0
        ? undefined
        : compilePolicy(text, {
            name: `policy of ${busArn(place)}`,
            kind: 'resource',
            resourceElement: 'required',
          });
  } catch (cause) {
    if (!(cause instanceof MalformedPolicy)) throw cause;
    throw validation(`Parameter Policy is not valid. Reason: ${cause.message}`);
  }
  bus.statements = statements;
  bus.modifiedAt = now;
}

function readStatement(input: client.PutPermissionCommandInput, place: BusPlace): PolicyStatement {
  const { StatementId: sid = '', Principal: principal = '', Action: action, Condition } = input;
  if (action !== 'events:PutEvents')
    throw validation(`Provided value in parameter 'action' is not supported: ${action ?? ''}.`);
  if (Condition && (Condition.Type !== 'StringEquals' || Condition.Key !== 'aws:PrincipalOrgID'))
    throw validation('A condition has the type StringEquals and the key aws:PrincipalOrgID.');
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
    Action: action,
    Resource: busArn(place),
    ...(Condition
      ? { Condition: { StringEquals: { 'aws:PrincipalOrgID': Condition.Value } } }
      : {}),
  };
}

/** The statements of a whole document, which takes the place of all that were there. */
function readDocument(text: string): readonly PolicyStatement[] {
  let parsed: unknown;
  try {
    parsed = parseShallowJson(text);
  } catch {
    throw validation('Parameter Policy is not valid. Reason: it is not JSON.');
  }
  const given = isRecord(parsed) ? parsed['Statement'] : undefined;
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.map((statement) => {
    const sid = isRecord(statement) ? statement['Sid'] : undefined;
    if (!isRecord(statement) || typeof sid !== 'string')
      throw validation('Parameter Policy is not valid. Reason: each statement needs a Sid.');
    return { ...statement, Sid: sid };
  });
}

export const putPermission = operation<
  client.PutPermissionCommandInput,
  Partial<client.PutPermissionCommandOutput>
>({
  // PutPermission has no resource-level permission.
  authorize: () => ({ action: 'events:PutPermission', resource: '*' }),
  run(input, call) {
    const place = ownPlaceOfBus(call, input.EventBusName);
    const bus = requireBus(call, place);
    const { Policy, StatementId, Action, Principal, Condition } = input;
    if (Policy !== undefined) {
      if ([StatementId, Action, Principal, Condition].some((member) => member !== undefined))
        throw validation('Policy excludes StatementId, Action, Principal and Condition.');
      setStatements(bus, place, readDocument(Policy), call.now);
      return {};
    }
    const statement = readStatement(input, place);
    const others = bus.statements.filter(({ Sid }) => Sid !== statement.Sid);
    setStatements(bus, place, [...others, statement], call.now);
    return {};
  },
});

export const removePermission = operation<
  client.RemovePermissionCommandInput,
  Partial<client.RemovePermissionCommandOutput>
>({
  // RemovePermission has no resource-level permission.
  authorize: () => ({ action: 'events:RemovePermission', resource: '*' }),
  run(input, call) {
    const place = ownPlaceOfBus(call, input.EventBusName);
    const bus = requireBus(call, place);
    const all = input.RemoveAllPermissions === true;
    const left = all ? [] : bus.statements.filter(({ Sid }) => Sid !== input.StatementId);
    if (!all && left.length === bus.statements.length)
      throw new AwsError(
        'ResourceNotFoundException',
        'Statement with the provided id does not exist.',
      );
    setStatements(bus, place, left, call.now);
    return {};
  },
});
