import { MalformedPolicy } from './malformed-policy.ts';

/** A Principal or NotPrincipal element; federated principals are checked and then match nobody. */
export interface PrincipalElement {
  readonly negated: boolean;
  /** `"*"` or `{"AWS": "*"}` */
  readonly everyone: boolean;
  /** Account ids, given as such or as the ARN of the account root. */
  readonly accounts: ReadonlySet<string>;
  /** ARNs of users, roles and role sessions. */
  readonly arns: ReadonlySet<string>;
  /** Unique ids (AIDA..., AROA...) that a policy keeps after its user or role was deleted. */
  readonly uniqueIds: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

const accountRoot = /^arn:aws(?:-cn|-us-gov)?:iam::(\d{12}):root$/;
const namedPrincipal =
  /^arn:aws(?:-cn|-us-gov)?:(?:iam::\d{12}:(?:user|role)\/[^*?]+|sts::\d{12}:assumed-role\/[^*?/]+\/[^*?/]+|sts::\d{12}:federated-user\/[^*?]+)$/;
const uniqueId = /^A(?:IDA|ROA)[A-Z0-9]{8,}$/;
const servicePrincipal = /^[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)$/;

/**
 * Parses a Principal or NotPrincipal element.
 *
 * @throws MalformedPolicy for partial wildcards, groups, canonical users and unknown kinds of principal
 * Source: IAM User Guide, "Principal" and "NotPrincipal".
 */
export function parsePrincipalElement(value: unknown, negated: boolean): PrincipalElement {
  const found = {
    negated,
    everyone: false,
    accounts: new Set<string>(),
    arns: new Set<string>(),
    uniqueIds: new Set<string>(),
    services: new Set<string>(),
  };
  if (value === '*') return { ...found, everyone: true };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedPolicy(`principal must be "*" or an object, not ${JSON.stringify(value)}`);
  const entries = Object.entries(value);
  if (entries.length === 0) throw new MalformedPolicy('principal {} names nobody');
  for (const [kind, names] of entries) {
    for (const name of namesOf(names, kind)) {
      switch (kind) {
        case 'AWS':
          if (name === '*') found.everyone = true;
          else addAwsPrincipal(name, found);
          break;
        case 'Service':
          if (!servicePrincipal.test(name))
            throw new MalformedPolicy(`invalid service principal ${name}`);
          found.services.add(name);
          break;
        case 'Federated':
          break;
        default:
          throw new MalformedPolicy(`unsupported kind of principal ${kind}`);
      }
    }
  }
  return found;
}

function addAwsPrincipal(
  name: string,
  found: { accounts: Set<string>; arns: Set<string>; uniqueIds: Set<string> },
): void {
  const account = /^\d{12}$/.test(name) ? name : accountRoot.exec(name)?.[1];
  if (account !== undefined) found.accounts.add(account);
  else if (namedPrincipal.test(name)) found.arns.add(name);
  else if (uniqueId.test(name)) found.uniqueIds.add(name);
  else throw new MalformedPolicy(`invalid principal ${name}`);
}

function namesOf(value: unknown, kind: string): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new MalformedPolicy(`principal ${kind} names nobody`);
  return values.map((name) => {
    if (typeof name !== 'string' || name === '')
      throw new MalformedPolicy(`invalid principal ${JSON.stringify(name)}`);
    return name;
  });
}
