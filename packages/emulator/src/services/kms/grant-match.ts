import type { Principal } from '../../iam/principal.ts';
import { principalReach } from '../../iam/principal-match.ts';
import type { Grant, Key } from './state.ts';

/** One use of a key, as a grant sees it. */
export interface KeyUse {
  readonly caller: Principal;
  /** Name without the prefix, e.g. `Decrypt`. */
  readonly operation: string;
  readonly encryptionContext: Readonly<Record<string, string>> | undefined;
  readonly grantTokens: readonly string[];
  readonly now: number;
}

/** Constraints limit the operations that take an encryption context; the others they leave alone. */
const operationsWithContext = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
]);

/** The first grant of a key that allows this use. */
export const findGrant = (key: Key, use: KeyUse): Grant | undefined =>
  [...key.grants.values()].find(
    (grant) =>
      grant.operations.includes(use.operation) &&
      (use.now >= grant.effectiveAt || use.grantTokens.includes(grant.token)) &&
      isGrantee(grant, use.caller) &&
      (!operationsWithContext.has(use.operation) || satisfies(grant, use.encryptionContext ?? {})),
  );

export const isGrantee = (grant: Grant, caller: Principal): boolean => {
  const element = grant.compiled.statements[0]?.principal;
  const reach = element ? principalReach(element, caller, 'Allow') : 'none';
  return reach === 'direct' || reach === 'role';
};

function satisfies(grant: Grant, context: Readonly<Record<string, string>>): boolean {
  const { contextEquals, contextSubset } = grant;
  return (
    (contextSubset === undefined || includes(context, contextSubset)) &&
    (contextEquals === undefined ||
      (includes(context, contextEquals) &&
        Object.keys(context).length === Object.keys(contextEquals).length))
  );
}

const includes = (
  whole: Readonly<Record<string, string>>,
  part: Readonly<Record<string, string>>,
): boolean => Object.entries(part).every(([key, value]) => whole[key] === value);
