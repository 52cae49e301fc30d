import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { asList, fieldOf } from '../../iam/statement-fields.ts';
import type { World } from '../../world/world.ts';
import { bindPolicy } from '../iam/principal-binding.ts';

/** Source: SQS Developer Guide, "Amazon SQS policy quotas". */
const quotas = {
  bytes: 8_192,
  statements: 20,
  principals: 50,
  conditions: 10,
  'actions in a statement': 7,
} as const;

/**
 * Reads a queue's policy: within the quotas, about actions of SQS, and with principals that exist.
 *
 * @throws MalformedPolicy saying what is wrong
 */
export function readQueuePolicy(world: World, queueArn: string, text: string): CompiledPolicy {
  requireQuota('bytes', Buffer.byteLength(text));
  const { compiled } = bindPolicy(world, text, {
    name: `policy of ${queueArn}`,
    kind: 'resource',
    resourceElement: 'required',
  });
  const statements = asList(fieldOf(JSON.parse(text), 'Statement'));
  requireQuota('statements', statements.length);
  requireQuota('principals', countOf(statements, principalsOf));
  requireQuota('conditions', countOf(statements, conditionKeysOf));
  for (const statement of statements) {
    const actions = [
      ...asList(fieldOf(statement, 'Action')),
      ...asList(fieldOf(statement, 'NotAction')),
    ].map(String);
    requireQuota('actions in a statement', actions.length);
    for (const action of actions)
      if (action !== '*' && !action.toLowerCase().startsWith('sqs:'))
        throw new MalformedPolicy(`Policy statement action out of service scope! (${action})`);
  }
  return compiled;
}

function requireQuota(what: keyof typeof quotas, count: number): void {
  if (count > quotas[what])
    throw new MalformedPolicy(`the policy has ${count} ${what}, ${quotas[what]} at most can be`);
}

const countOf = (
  statements: readonly unknown[],
  partsOf: (statement: unknown) => readonly unknown[],
): number => statements.flatMap(partsOf).length;

function principalsOf(statement: unknown): readonly unknown[] {
  const principal = fieldOf(statement, 'Principal') ?? fieldOf(statement, 'NotPrincipal');
  return typeof principal === 'object' && principal !== null
    ? Object.values(principal).flatMap(asList)
    : asList(principal);
}

function conditionKeysOf(statement: unknown): readonly unknown[] {
  const conditions = fieldOf(statement, 'Condition') ?? {};
  return Object.values(conditions).flatMap((keys: unknown) => Object.keys(keys ?? {}));
}
