import { isRecord } from '../../../wire/scalars.ts';

/** What an expression reads that needs a check before it ever runs. */
export interface ExpressionReferences {
  /** Names that are looked up in the context item of the whole expression; it has none. */
  readonly names: ReadonlySet<string>;
  /** `$` and `$$` where they mean that item. */
  readonly roots: ReadonlySet<string>;
  /** Members of `$states`. */
  readonly statesFields: ReadonlySet<string>;
  /** Operators that are younger than the JSONata of Step Functions, by the symbol that it stumbles over. */
  readonly youngOperators: ReadonlySet<string>;
}

/**
 * Only the first step of a path is looked up in the context of the whole; later steps, predicates, sort terms and
 * groupings have the item before them.
 */
export const referencesOf = (ast: unknown): ExpressionReferences => {
  const names = new Set<string>();
  const roots = new Set<string>();
  const statesFields = new Set<string>();
  const youngOperators = new Set<string>();

  const visitAll = (nodes: unknown, isTop: boolean): void => {
    if (Array.isArray(nodes)) for (const node of nodes) visitAll(node, isTop);
    else visit(nodes, isTop);
  };

  const visitPath = (steps: readonly unknown[], isTop: boolean): void => {
    const [first, second] = steps;
    if (isRecord(first) && first['type'] === 'variable' && first['value'] === 'states')
      if (isRecord(second) && second['type'] === 'name') statesFields.add(String(second['value']));
    for (const [index, step] of steps.entries()) visit(step, isTop && index === 0);
  };

  const visit = (node: unknown, isTop: boolean): void => {
    if (!isRecord(node)) return;
    switch (node['type']) {
      case 'path':
        if (Array.isArray(node['steps'])) visitPath(node['steps'], isTop);
        break;
      case 'name':
        if (isTop) names.add(String(node['value']));
        break;
      case 'variable':
        if (node['value'] === '$') roots.add('$$');
        if (node['value'] === '' && isTop) roots.add('$');
        break;
      case 'condition':
        if (isDefaulting(node)) youngOperators.add(':');
        if (isCoalescing(node)) youngOperators.add('?');
        visitAll([node['condition'], node['then'], node['else']], isTop);
        break;
      case 'transform':
        visitAll([node['pattern'], node['update'], node['delete']], false);
        break;
      default:
        for (const part of partsInContext) visitAll(node[part], isTop);
    }
    for (const part of partsWithItem) visitAll(node[part], false);
  };

  visit(ast, true);
  return { names, roots, statesFields, youngOperators };
};

/** Parts of a node that are evaluated in the node's own context. */
const partsInContext = [
  'lhs',
  'rhs',
  'expression',
  'expressions',
  'arguments',
  'procedure',
  'body',
] as const;

/** Parts that are evaluated for each item that the node yields. */
const partsWithItem = ['stages', 'predicate', 'group', 'expr', 'terms'] as const;

/** `a ?: b` reads as `a ? a : b` with one place in the text for both. */
const isDefaulting = (node: Readonly<Record<string, unknown>>): boolean =>
  JSON.stringify(node['condition']) === JSON.stringify(node['then']);

/** `a ?? b` reads as `$exists(a) ? a : b` with a call that has no place in the text. */
const isCoalescing = ({ condition }: Readonly<Record<string, unknown>>): boolean =>
  isRecord(condition) && condition['type'] === 'function' && condition['position'] === undefined;
