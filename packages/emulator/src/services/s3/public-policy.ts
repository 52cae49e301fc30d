import { asList } from '../../iam/statement-fields.ts';
import { isRecord } from '../../wire/scalars.ts';

/**
 * Condition keys that narrow a statement for everybody down to somebody, as long as their value is fixed.
 * Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
 */
const narrowingKeys = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:userid',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
]);

/** Operators under which a value says who may, not who may not. */
const positiveOperator = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/;

/** Address ranges broader than these count as everybody. */
const prefixLengthMin = { ipv4: 8, ipv6: 32 };

/** Whether S3 calls a bucket policy public: some Allow reaches everybody and no condition narrows it down. */
export function isPublicPolicy(document: unknown): boolean {
  return (
    isRecord(document) &&
    asList(document['Statement']).some(
      (statement) =>
        isRecord(statement) &&
        statement['Effect'] === 'Allow' &&
        namesEverybody(statement) &&
        !isNarrowed(statement['Condition']),
    )
  );
}

function namesEverybody(statement: Readonly<Record<string, unknown>>): boolean {
  const principal = statement['Principal'];
  if (principal === undefined) return 'NotPrincipal' in statement;
  return principal === '*' || (isRecord(principal) && asList(principal['AWS']).includes('*'));
}

function isNarrowed(condition: unknown): boolean {
  if (!isRecord(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      isRecord(keys) &&
      Object.entries(keys).some(([key, values]) =>
        asList(values).every((value) => narrows(operator, key.toLowerCase(), String(value))),
      ),
  );
}

function narrows(operator: string, key: string, value: string): boolean {
  if (key === 'aws:sourceip') return operator === 'IpAddress' && isNarrowRange(value);
  if (!positiveOperator.test(operator) || !narrowingKeys.has(key)) return false;
  return !/[*?]/.test(value) && !value.includes('${');
}

function isNarrowRange(range: string): boolean {
  const [address = '', length] = range.split('/');
  if (length === undefined) return true;
  return Number(length) >= (address.includes(':') ? prefixLengthMin.ipv6 : prefixLengthMin.ipv4);
}
