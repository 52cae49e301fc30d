import type { ContextValue } from './condition-context.ts';
import type { ResourcePolicyMode } from './evaluate.ts';
import type { Principal } from './principal.ts';

// A second evaluator for tests, written from the flow charts of the IAM User Guide ("How AWS enforcement code logic evaluates
// requests to allow or deny access", "Cross-account policy evaluation logic") and from nothing else of this folder. It reads
// the JSON statements as they are, is slow, and knows only what the random policies of the test can hold.

/** A statement as it stands in the JSON of a policy. */
export type RawStatement = Readonly<Record<string, unknown>>;

/** One request with everything that has a say in it. */
export interface NaiveQuestion {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  /** Keys as AWS writes them. */
  readonly context: Readonly<Record<string, ContextValue>>;
  readonly identity: readonly RawStatement[];
  /** The statements of each session policy; none of these means no limit. */
  readonly session: readonly RawStatement[];
  readonly resourcePolicy: readonly RawStatement[];
  readonly mode: ResourcePolicyMode;
}

/** The words of the flow charts' ends. */
export type NaiveAnswer = 'explicit deny' | 'implicit deny' | 'allow';

export function naiveEvaluate(question: NaiveQuestion): NaiveAnswer {
  const { principal, resourceAccount, mode } = question;
  const isService = principal.kind === 'service';
  const identity = isService ? [] : matching(question.identity, question);
  const session = principal.kind === 'assumed-role' ? matching(question.session, question) : [];
  const resource = matching(question.resourcePolicy, question).filter((statement) =>
    namesIn(statement, principal),
  );
  // 1. "Deny evaluation": the code looks for a Deny in all policies that apply.
  if ([...identity, ...session, ...resource].some(isDeny)) return 'explicit deny';
  if (isService) return answer(resource.some(isAllow));
  if (mode === 'trust-policy' && principal.kind === 'root') return 'implicit deny';

  const isLimited = principal.kind === 'assumed-role' && question.session.length > 0;
  const sessionAllows = !isLimited || session.some(isAllow);
  const identityAllows = principal.kind === 'root' || identity.some(isAllow);
  // 2. Another account: the resource must let the account or somebody of it in, and the caller's account must let him out.
  if (resourceAccount !== principal.account)
    return answer(resource.some(isAllow) && identityAllows && sessionAllows);

  // 3. "Resource-based policies": a grant to whoever makes the request ends the evaluation, session policies or not.
  const grants = resource.filter(isAllow);
  if (grants.some((statement) => closeness(statement, principal) === 'caller')) return 'allow';
  // A grant to the role counts within the session policies.
  if (grants.some((statement) => closeness(statement, principal) === 'role'))
    return answer(sessionAllows);
  // A key or a role is for nobody whom its policy does not let in; a grant to the account hands the decision to IAM.
  if (mode !== 'normal' && grants.length === 0) return 'implicit deny';
  // 4. "Identity-based policies", 5. "Session policies".
  return answer(identityAllows && sessionAllows);
}

const answer = (allowed: boolean): NaiveAnswer => (allowed ? 'allow' : 'implicit deny');
const isDeny = (statement: RawStatement): boolean => statement['Effect'] === 'Deny';
const isAllow = (statement: RawStatement): boolean => statement['Effect'] === 'Allow';
const textsOf = (value: unknown): string[] => [value].flat().map(String);

/** The statements whose action, resource and conditions fit. */
const matching = (
  statements: readonly RawStatement[],
  { action, resource, context }: NaiveQuestion,
): RawStatement[] =>
  statements.filter(
    (statement) =>
      fits(statement, 'Action', (pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
      fits(statement, 'Resource', (pattern) => like(pattern, resource)) &&
      conditionsHold(statement['Condition'], context),
  );

/** An element or its Not form; a statement without either is about whatever it is attached to. */
function fits(
  statement: RawStatement,
  element: 'Action' | 'Resource',
  matches: (pattern: string) => boolean,
): boolean {
  if (element in statement) return textsOf(statement[element]).some(matches);
  const negated = `Not${element}`;
  return !(negated in statement) || !textsOf(statement[negated]).some(matches);
}

/**
 * `*` and `?` by plain recursion. The wildcards of the random resources end their segments, where they cross colons as well.
 */
export function like(pattern: string, text: string): boolean {
  const [first] = pattern;
  if (first === undefined) return text === '';
  const rest = pattern.slice(1);
  if (first === '*') return like(rest, text) || (text !== '' && like(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && like(rest, text.slice(1));
}

function conditionsHold(block: unknown, context: Readonly<Record<string, ContextValue>>): boolean {
  return entriesOf(block).every(([operator, keys]) =>
    entriesOf(keys).every(([key, expected]) => {
      const found = Object.entries(context).find(
        ([name]) => name.toLowerCase() === key.toLowerCase(),
      )?.[1];
      return holds(operator, textsOf(expected), found);
    }),
  );
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** The table of the User Guide's "Condition operators", row by row, for string operators. */
function holds(
  operator: string,
  expected: readonly string[],
  actual: ContextValue | undefined,
): boolean {
  const members = actual === undefined ? [] : textsOf(actual);
  const absent = members.length === 0;
  switch (operator) {
    case 'Null':
      return expected.some((value) => (value === 'true') === absent);
    case 'StringEquals':
      return !absent && expected.includes(members[0] ?? '');
    case 'StringNotEquals':
      return absent || !expected.includes(members[0] ?? '');
    case 'StringLike':
      return !absent && expected.some((pattern) => like(pattern, members[0] ?? ''));
    case 'StringNotLike':
      return absent || !expected.some((pattern) => like(pattern, members[0] ?? ''));
    case 'StringEqualsIfExists':
      return absent || expected.includes(members[0] ?? '');
    case 'ForAllValues:StringEquals':
      return members.every((member) => expected.includes(member));
    case 'ForAnyValue:StringEquals':
      return members.some((member) => expected.includes(member));
    case 'ForAllValues:StringNotEquals':
      return members.every((member) => !expected.includes(member));
    case 'ForAnyValue:StringNotEquals':
      return members.some((member) => !expected.includes(member));
    default:
      throw new Error(`the naive evaluator does not know ${operator}: add its row`);
  }
}

/** How a Principal element names a caller: himself, his role, or only his account. */
function closeness(
  statement: RawStatement,
  principal: Principal,
): 'caller' | 'role' | 'account' | 'not' {
  const element = statement['Principal'];
  if (element === '*') return principal.kind === 'service' ? 'not' : 'caller';
  const named = Object.fromEntries(
    entriesOf(element).map(([kind, names]) => [kind, textsOf(names)]),
  );
  const aws = named['AWS'] ?? [];
  if (principal.kind === 'service')
    return (named['Service'] ?? []).includes(principal.service) ? 'caller' : 'not';
  if (aws.includes('*') || aws.includes(principal.arn)) return 'caller';
  if (principal.kind === 'assumed-role' && aws.includes(principal.roleArn)) return 'role';
  const isAccount = aws.some(
    (name) => name === principal.account || name === `arn:aws:iam::${principal.account}:root`,
  );
  if (!isAccount) return 'not';
  return principal.kind === 'root' ? 'caller' : 'account';
}

/** "Principal", All principals: both forms mean the same; a Deny of everybody is one of services too. */
const isEverybody = (element: unknown): boolean =>
  element === '*' ||
  entriesOf(element).some(([kind, names]) => kind === 'AWS' && textsOf(names).includes('*'));

/** Whether a statement of a resource-based policy is about the caller at all. */
function namesIn(statement: RawStatement, principal: Principal): boolean {
  if ('NotPrincipal' in statement) return !isSpared(statement['NotPrincipal'], principal);
  if (isDeny(statement) && isEverybody(statement['Principal'])) return true;
  return closeness(statement, principal) !== 'not';
}

/** NotPrincipal spares a session only if account, role and session are listed, and a user if account and user are. */
function isSpared(element: unknown, principal: Principal): boolean {
  const names = new Set(entriesOf(element).flatMap(([, given]) => textsOf(given)));
  if (principal.kind === 'service') return names.has(principal.service);
  const account =
    names.has(principal.account) || names.has(`arn:aws:iam::${principal.account}:root`);
  switch (principal.kind) {
    case 'root':
      return account;
    case 'user':
      return account && names.has(principal.arn);
    case 'assumed-role':
      return account && names.has(principal.roleArn) && names.has(principal.arn);
    default:
      return principal satisfies never;
  }
}
