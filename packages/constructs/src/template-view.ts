import { type Template } from './drop-redundant-dependencies.ts';

/** A resource as tests look at it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface TemplateStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly unknown[];
  readonly Condition?: unknown;
}

interface TemplateView {
  readonly resources: Readonly<Record<string, TemplateResource>>;
  /** Logical id and resource, in the order of the template. */
  readonly ofType: (type: string) => [string, TemplateResource][];
  readonly theOnly: (type: string) => TemplateResource;
  /** Every statement of every policy in the template, wherever it stands. */
  readonly statements: readonly TemplateStatement[];
}

/** A template as tests ask it. */
export const viewTemplate = (template: Template): TemplateView => {
  const resources = template.Resources as unknown as Record<string, TemplateResource>;
  const ofType = (type: string): [string, TemplateResource][] =>
    Object.entries(resources).filter(([, resource]) => resource.Type === type);
  return {
    resources,
    ofType,
    theOnly: (type) => {
      const [first, ...others] = ofType(type);
      if (first === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
      return first[1];
    },
    statements: statementsBelow(resources),
  };
};

const statementsBelow = (node: unknown): TemplateStatement[] => {
  if (Array.isArray(node)) return node.flatMap(statementsBelow);
  if (typeof node !== 'object' || node === null) return [];
  const found = 'Effect' in node && 'Action' in node ? [node as TemplateStatement] : [];
  return [...found, ...Object.values(node).flatMap(statementsBelow)];
};

/** What a policy may write as one value or as several. */
export const listed = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
