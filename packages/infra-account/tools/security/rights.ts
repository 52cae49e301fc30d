import { conditionOf, places, statementOf, type PolicyDocument } from '../templates/policies.ts';
import type { Resource, Template } from '../templates/template-layer.ts';
import { readable, readableConditions, readableResource } from './readable.ts';

/** One statement of a policy in readable form. */
export interface Right {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  /** Empty in the policies of a role, which name nobody. */
  readonly who: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Phrases that must all hold. */
  readonly conditions: readonly string[];
  /** The logical id of the resource whose policy it stands in. */
  readonly standsIn: string;
}

/** A role of a template: who gets it, and what it gives. */
export interface RoleRights {
  readonly logicalId: string;
  readonly description: string;
  /** The condition of the template under which it is made. */
  readonly onlyIf: string | undefined;
  readonly trust: readonly Right[];
  readonly rights: readonly Right[];
}

const trustPlace = 'AssumeRolePolicyDocument';

/** Every role of a template, in the template's order. */
export const rolesOf = (template: Template): RoleRights[] =>
  resourcesOf(template, 'AWS::IAM::Role').map(([logicalId, resource]) => ({
    logicalId,
    description: readable(resource.Properties?.['Description'] ?? ''),
    onlyIf: resource.Condition,
    trust: rightsOf(logicalId, resource, (place) => place === trustPlace),
    rights: rightsOf(logicalId, resource, (place) => place !== trustPlace),
  }));

/** Every statement that stands at a resource and names who it is for; a Lambda permission is one. */
export const resourceRightsOf = (template: Template): Right[] =>
  Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type === 'AWS::IAM::Role') return [];
    if (resource.Type === 'AWS::Lambda::Permission') return [permissionRight(logicalId, resource)];
    return rightsOf(logicalId, resource, () => true);
  });

/** The resources of one type. */
export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

function rightsOf(
  logicalId: string,
  resource: Resource,
  wanted: (place: string) => boolean,
): Right[] {
  return (places[resource.Type] ?? [])
    .filter(({ name }) => wanted(name))
    .flatMap((place) => place.documents(resource.Properties ?? {}))
    .flatMap(({ document, onlyIf }) =>
      statementsOf(document, logicalId, [onlyIf, madeOnlyIf(resource)]),
    );
}

/** What makes a policy belongs to it; a role says so itself. */
const madeOnlyIf = ({ Type, Condition }: Resource): string | undefined =>
  Type === 'AWS::IAM::Role' ? undefined : Condition;

const statementsOf = (
  { Statement: entries }: PolicyDocument,
  standsIn: string,
  outer: readonly (string | undefined)[],
): Right[] =>
  entries.map((entry, index) => {
    const { Sid, Effect, Principal, Action, Resource, Condition } = statementOf(entry);
    return {
      sid: Sid ?? String(index),
      effect: Effect === 'Deny' ? 'Deny' : 'Allow',
      who: Principal === undefined ? [] : whoOf(Principal),
      actions: [Action ?? []].flat().map(String),
      resources: [Resource ?? []].flat().map(readableResource),
      conditions: [
        ...readableConditions(Condition),
        ...stackPhrases([...outer, conditionOf(entry)]),
      ],
      standsIn,
    };
  });

const stackPhrases = (conditions: readonly (string | undefined)[]): string[] =>
  conditions
    .filter((condition) => condition !== undefined)
    .map((condition) => `the stack has \`${condition}\``);

function whoOf(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return [nameOf(readable(principal))];
  return Object.values(principal).flatMap((names: unknown) =>
    [names].flat().map((name) => nameOf(readable(name))),
  );
}

/** An account is named by its root. */
function nameOf(text: string): string {
  if (text === '*') return 'everybody';
  const account = /^arn:aws:iam::(.*):root$/.exec(text)?.[1];
  if (account === undefined) return `\`${text}\``;
  return account === '<AWS::AccountId>' ? 'IAM of this account' : `the account \`${account}\``;
}

function permissionRight(standsIn: string, resource: Resource): Right {
  const { Action, FunctionName, Principal, SourceAccount, SourceArn, ...rest } =
    resource.Properties ?? {};
  const unknown = Object.keys(rest);
  if (unknown.length > 0)
    throw new Error(`${standsIn} has ${unknown.join(', ')}: teach tools/security/rights.ts`);
  return {
    sid: standsIn,
    effect: 'Allow',
    who: whoOf(Principal),
    actions: [String(Action)],
    resources: [readableResource(FunctionName)],
    conditions: [
      ...readableConditions({
        ...(SourceAccount === undefined
          ? {}
          : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
        ...(SourceArn === undefined ? {} : { ArnEquals: { 'aws:SourceArn': SourceArn } }),
      }),
      ...stackPhrases([resource.Condition]),
    ],
    standsIn,
  };
}
