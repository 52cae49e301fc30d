import { checkResource, compileResourcePattern } from './arn-match.ts';
import type { CompiledPolicy, CompiledStatement, PolicyKind } from './compiled-policy.ts';
import type { Effect } from './condition.ts';
import { compileConditions } from './condition.ts';
import type { ConditionContext } from './condition-context.ts';
import { duplicateKey } from './duplicate-key.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyVersion } from './policy-text.ts';
import { constantParts, parsePolicyText, substitute } from './policy-text.ts';
import { parsePrincipalElement } from './principal-element.ts';
import type { Matcher } from './wildcard.ts';
import { compileWildcard } from './wildcard.ts';
import { parseShallowJson } from '../wire/json-depth.ts';

/** Some services accept a resource-based policy without Resource and apply it to what it is attached to. */
export type CompileOptions =
  | { readonly name: string; readonly kind: 'identity' | 'trust' }
  | {
      readonly name: string;
      readonly kind: 'resource';
      readonly resourceElement: 'required' | 'optional';
    };

type ElementRule = 'required' | 'optional' | 'forbidden';

interface StatementRules {
  readonly kind: PolicyKind;
  readonly version: PolicyVersion;
  readonly principal: ElementRule;
  readonly resource: ElementRule;
}

const policyElements = new Set(['Version', 'Id', 'Statement']);
const statementElements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Validates a policy document and compiles its patterns. Size limits differ by service and stay with the caller.
 *
 * @param document JSON text, or what it parses to
 * @throws MalformedPolicy naming the value that is wrong
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function compilePolicy(document: unknown, options: CompileOptions): CompiledPolicy {
  const policy = objectOf(typeof document === 'string' ? parseJson(document) : document, 'policy');
  refuseUnknown(policy, policyElements, 'policy');
  const version = parseVersion(policy['Version']);
  if (options.kind === 'identity' && policy['Id'] !== undefined)
    throw new MalformedPolicy(`an identity-based policy has no id, found ${show(policy['Id'])}`);
  const rules: StatementRules = {
    kind: options.kind,
    version,
    principal: options.kind === 'identity' ? 'forbidden' : 'required',
    resource: resourceRule(options),
  };
  const statements = listOf(policy['Statement'], 'statement').map((statement, index) =>
    compileStatement(objectOf(statement, 'statement'), index, rules),
  );
  if (options.kind !== 'resource') refuseRepeatedSids(statements);
  return {
    name: options.name,
    kind: options.kind,
    version,
    id: policy['Id'] === undefined ? undefined : stringOf(policy['Id'], 'id'),
    statements,
  };
}

function resourceRule(options: CompileOptions): ElementRule {
  switch (options.kind) {
    case 'identity':
      return 'required';
    case 'trust':
      return 'forbidden';
    case 'resource':
      return options.resourceElement;
    default:
      return options satisfies never;
  }
}

function compileStatement(
  statement: Readonly<Record<string, unknown>>,
  index: number,
  rules: StatementRules,
): CompiledStatement {
  refuseUnknown(statement, statementElements, 'statement');
  const effect = parseEffect(statement['Effect']);
  const principal = pick(statement, 'Principal', rules.principal);
  if (principal?.negated === true && effect === 'Allow')
    throw new MalformedPolicy('allow with notprincipal is not allowed');
  return {
    index,
    sid: parseSid(statement['Sid'], rules.kind),
    effect,
    principal: principal && parsePrincipalElement(principal.value, principal.negated),
    matchesAction: compileActions(pick(statement, 'Action', 'required'), rules.kind),
    matchesResource: compileResources(pick(statement, 'Resource', rules.resource), {
      version: rules.version,
      effect,
    }),
    conditions:
      statement['Condition'] === undefined
        ? []
        : compileConditions(statement['Condition'], { version: rules.version, effect }),
  };
}

interface Picked {
  readonly value: unknown;
  readonly negated: boolean;
}

/** Takes an element or its Not form; both at once is an error, as is none where one is required. */
function pick(
  statement: Readonly<Record<string, unknown>>,
  element: 'Principal' | 'Action' | 'Resource',
  rule: ElementRule,
): Picked | undefined {
  const value = statement[element];
  const negatedValue = statement[`Not${element}`];
  if (value !== undefined && negatedValue !== undefined)
    throw new MalformedPolicy(`statement has both ${element} and Not${element}`);
  const picked =
    value === undefined
      ? negatedValue === undefined
        ? undefined
        : { value: negatedValue, negated: true }
      : { value, negated: false };
  if (picked === undefined && rule === 'required')
    throw new MalformedPolicy(`statement is missing the required field ${element}`);
  if (picked !== undefined && rule === 'forbidden')
    throw new MalformedPolicy(`statement has the prohibited field ${element}`);
  return picked;
}

function compileActions(picked: Picked | undefined, kind: PolicyKind): (action: string) => boolean {
  const actions = listOf(picked?.value, 'action').map((action) => stringOf(action, 'action'));
  for (const action of actions) checkAction(action, kind);
  if (kind === 'trust' && picked?.negated === true)
    throw new MalformedPolicy('a role trust policy may only specify sts actions, not NotAction');
  const matchers = actions.map((action) => compileWildcard(action.toLowerCase()));
  const negated = picked?.negated ?? false;
  return (action) => matchers.some((matches) => matches(action)) !== negated;
}

function checkAction(action: string, kind: PolicyKind): void {
  if (action !== '*' && action !== '*:*' && !/^[a-z0-9-]+:[a-z0-9*?_-]+$/i.test(action))
    throw new MalformedPolicy(`action ${action} must be a vendor, one colon and an action name`);
  if (kind === 'trust' && !action.toLowerCase().startsWith('sts:'))
    throw new MalformedPolicy(`a role trust policy may only specify sts actions, not ${action}`);
}

function compileResources(
  picked: Picked | undefined,
  { version, effect }: { readonly version: PolicyVersion; readonly effect: Effect },
): (resource: string, context: ConditionContext) => boolean {
  if (picked === undefined) return () => true;
  const { negated } = picked;
  const patterns = listOf(picked.value, 'resource').map((resource) => {
    const text = parsePolicyText(stringOf(resource, 'resource'), version);
    checkResource(text);
    const constant = constantParts(text);
    return constant === undefined ? text : compileResourcePattern(constant);
  });
  const constants = patterns.filter((pattern) => typeof pattern === 'function');
  if (constants.length === patterns.length)
    return (resource) => constants.some((matches) => matches(resource)) !== negated;
  return (resource, context) => {
    const matchers: Matcher[] = [];
    for (const pattern of patterns) {
      const parts = typeof pattern === 'function' ? undefined : substitute(pattern, context);
      if (typeof pattern === 'function') matchers.push(pattern);
      else if (parts !== undefined) matchers.push(compileResourcePattern(parts));
      // An unresolved variable voids an Allow; a Deny only loses that resource.
      else if (effect === 'Allow') return false;
    }
    return matchers.length > 0 && matchers.some((matches) => matches(resource)) !== negated;
  };
}

function parseVersion(value: unknown): PolicyVersion {
  if (value === undefined) return '2008-10-17';
  if (value === '2012-10-17' || value === '2008-10-17') return value;
  throw new MalformedPolicy(`policy version ${show(value)} is neither 2012-10-17 nor 2008-10-17`);
}

function parseEffect(value: unknown): Effect {
  if (value === 'Allow' || value === 'Deny') return value;
  throw new MalformedPolicy(`effect ${show(value)} is neither Allow nor Deny`);
}

function parseSid(value: unknown, kind: PolicyKind): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || (kind !== 'resource' && !/^[0-9A-Za-z]*$/.test(value)))
    throw new MalformedPolicy(`statement id ${show(value)} must be alphanumeric`);
  return value;
}

function refuseRepeatedSids(statements: readonly CompiledStatement[]): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) throw new MalformedPolicy(`statement id ${sid} is not unique in the policy`);
    seen.add(sid);
  }
}

function parseJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = parseShallowJson(text);
  } catch (cause) {
    throw new MalformedPolicy('policy is not json', { cause });
  }
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw new MalformedPolicy(`policy has the key ${repeated} twice`);
  return parsed;
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedPolicy(`${what} must be an object, not ${show(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function listOf(value: unknown, what: string): readonly unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (list.length === 0) throw new MalformedPolicy(`policy must contain at least one ${what}`);
  return list;
}

function stringOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new MalformedPolicy(`${what} must be a non-empty string, not ${show(value)}`);
}

function refuseUnknown(
  value: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  what: string,
): void {
  const unknownElement = Object.keys(value).find((element) => !known.has(element));
  if (unknownElement !== undefined)
    throw new MalformedPolicy(`${what} has the unknown element ${unknownElement}`);
}
