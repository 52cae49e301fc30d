import { validationError } from './validation-error.ts';

export interface GraphNode {
  readonly id: string;
  /** Nodes that come first; ids that are no node of the graph do not count. */
  readonly dependencies: readonly string[];
}

/**
 * Orders nodes so that each one comes after those it depends on; otherwise they keep the order given.
 *
 * @throws AwsError ValidationError naming the nodes that make up a circle
 */
export function inDependencyOrder<N extends GraphNode>(nodes: readonly N[]): readonly N[] {
  const ordered: N[] = [];
  const placed = new Set<string>();
  let open = nodes;
  while (open.length > 0) {
    const ids = new Set(open.map(({ id }) => id));
    const isFree = ({ dependencies }: N): boolean => dependencies.every((id) => !ids.has(id));
    const free = open.filter(isFree);
    if (free.length === 0)
      throw validationError(
        `Circular dependency between resources: [${circleOf(open)
          .map(({ id }) => id)
          .join(', ')}]`,
      );
    for (const node of free) placed.add(node.id);
    ordered.push(...free);
    open = open.filter(({ id }) => !placed.has(id));
  }
  return ordered;
}

/** What remains of nodes that all wait for each other once those are gone that nobody of them waits for. */
function circleOf<N extends GraphNode>(nodes: readonly N[]): readonly N[] {
  const wanted = new Set(nodes.flatMap(({ dependencies }) => dependencies));
  const rest = nodes.filter(({ id }) => wanted.has(id));
  return rest.length === nodes.length ? rest : circleOf(rest);
}
