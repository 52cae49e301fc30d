import type * as client from '@aws-sdk/client-ecs';
import { liveTasksOf, remainingResources } from './container-instances.ts';
import { isMember, wantsDistinctInstances } from './placement-constraints.ts';
import type { Cluster, ContainerInstance, Resources, TaskDefinition } from './state.ts';

export interface PlacementRequest {
  readonly definition: TaskDefinition;
  /** `service:x` or `family:x`: what spreading and distinct instances count. */
  readonly group: string;
  readonly constraints: readonly client.PlacementConstraint[];
  readonly strategies: readonly client.PlacementStrategy[];
  /** Only instances of this capacity provider; undefined means every instance. */
  readonly capacityProvider?: string | undefined;
  /** Only this instance, as for daemons. */
  readonly only?: ContainerInstance;
}

/** As AWS names them. */
type PlacementFailureReason =
  | 'NO ACTIVE INSTANCES'
  | 'EMPTY CAPACITY PROVIDER'
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'MemberOf placement constraint unsatisfied.'
  | 'DistinctInstance placement constraint unsatisfied.'
  | 'AGENT'
  | 'ATTRIBUTE';

/**
 * In the order of how near an instance came. What it has room for is looked at first, then constraints; where agent and
 * attributes come in is a choice.
 *
 * Source: ECS Developer Guide, "How Amazon ECS places tasks on container instances"
 */
const nearness: readonly PlacementFailureReason[] = [
  'NO ACTIVE INSTANCES',
  'EMPTY CAPACITY PROVIDER',
  'RESOURCE:CPU',
  'RESOURCE:MEMORY',
  'RESOURCE:PORTS',
  'MemberOf placement constraint unsatisfied.',
  'DistinctInstance placement constraint unsatisfied.',
  'AGENT',
  'ATTRIBUTE',
];

export interface PlacementFailure {
  readonly reason: PlacementFailureReason;
  /** The instances that lack just that. */
  readonly instances: readonly ContainerInstance[];
}

type Placement = { readonly instance: ContainerInstance } | { readonly failure: PlacementFailure };

interface Host {
  readonly instance: ContainerInstance;
  remaining: Resources;
  /** Tasks by group. */
  readonly groups: Map<string, number>;
}

/** Looks for room in a cluster; what was given away in the same round is gone. */
export class PlacementRound {
  readonly #hosts: Host[];
  /** Host -> why it can never take a definition, by definition ARN: attributes do not change within a round. */
  readonly #lacking = new Map<string, Map<Host, boolean>>();

  constructor(cluster: Cluster) {
    this.#hosts = [...cluster.instances.values()]
      .filter(({ status }) => status === 'ACTIVE')
      .map((instance) => {
        const groups = new Map<string, number>();
        for (const { group } of liveTasksOf(cluster, instance.id))
          groups.set(group, (groups.get(group) ?? 0) + 1);
        return { instance, remaining: remainingResources(cluster, instance), groups };
      });
  }

  place(request: PlacementRequest): Placement {
    const { only, capacityProvider, definition, group } = request;
    const hosts = this.#hosts.filter(
      ({ instance }) =>
        (only === undefined || instance === only) &&
        (capacityProvider === undefined || instance.capacityProvider === capacityProvider),
    );
    const fitting: Host[] = [];
    const failures = new Map<PlacementFailureReason, ContainerInstance[]>();
    for (const host of hosts) {
      const problem = this.#problem(host, request);
      if (problem === undefined) fitting.push(host);
      else failures.set(problem, [...(failures.get(problem) ?? []), host.instance]);
    }
    const best = this.#best(fitting, hosts, request);
    if (!best) return { failure: nearest(failures, capacityProvider) };
    const { remaining, groups } = best;
    const { needs } = definition;
    best.remaining = {
      cpu: remaining.cpu - needs.cpu,
      memory: remaining.memory - needs.memory,
      tcpPorts: [...remaining.tcpPorts, ...needs.tcpPorts],
      udpPorts: [...remaining.udpPorts, ...needs.udpPorts],
    };
    groups.set(group, (groups.get(group) ?? 0) + 1);
    return { instance: best.instance };
  }

  #problem(host: Host, request: PlacementRequest): PlacementFailureReason | undefined {
    const { instance, remaining, groups } = host;
    const { needs } = request.definition;
    if (remaining.cpu < needs.cpu) return 'RESOURCE:CPU';
    if (remaining.memory < needs.memory) return 'RESOURCE:MEMORY';
    const isTaken =
      needs.tcpPorts.some((port) => remaining.tcpPorts.includes(port)) ||
      needs.udpPorts.some((port) => remaining.udpPorts.includes(port));
    if (isTaken) return 'RESOURCE:PORTS';
    if (!isMember(instance, request.constraints))
      return 'MemberOf placement constraint unsatisfied.';
    if (wantsDistinctInstances(request.constraints) && (groups.get(request.group) ?? 0) > 0)
      return 'DistinctInstance placement constraint unsatisfied.';
    if (!instance.agentConnected) return 'AGENT';
    return this.#lacksAttribute(host, request.definition) ? 'ATTRIBUTE' : undefined;
  }

  #lacksAttribute(host: Host, definition: TaskDefinition): boolean {
    const known = this.#lacking.get(definition.arn) ?? new Map<Host, boolean>();
    this.#lacking.set(definition.arn, known);
    const lacks =
      known.get(host) ??
      definition.requiresAttributes.some(({ name = '' }) => !host.instance.attributes.has(name));
    known.set(host, lacks);
    return lacks;
  }

  #best(
    fitting: readonly Host[],
    hosts: readonly Host[],
    { strategies, group }: PlacementRequest,
  ): Host | undefined {
    let rest = fitting;
    for (const { type, field = '' } of strategies) {
      if (rest.length <= 1) break;
      if (type === 'spread') {
        const counts = countBy(hosts, field, group);
        rest = least(rest, (host) => counts.get(valueOf(host, field)) ?? 0);
      } else {
        const isCpu = field.toLowerCase() === 'cpu';
        rest = least(rest, ({ remaining }) => (isCpu ? remaining.cpu : remaining.memory));
      }
    }
    return rest[0];
  }
}

const valueOf = ({ instance }: Host, field: string): string =>
  field.startsWith('attribute:')
    ? (instance.attributes.get(field.slice('attribute:'.length))?.value ?? '')
    : instance.id;

function countBy(hosts: readonly Host[], field: string, group: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const host of hosts) {
    const value = valueOf(host, field);
    counts.set(value, (counts.get(value) ?? 0) + (host.groups.get(group) ?? 0));
  }
  return counts;
}

function least(hosts: readonly Host[], of: (host: Host) => number): readonly Host[] {
  const min = Math.min(...hosts.map(of));
  return hosts.filter((host) => of(host) === min);
}

function nearest(
  failures: ReadonlyMap<PlacementFailureReason, readonly ContainerInstance[]>,
  capacityProvider: string | undefined,
): PlacementFailure {
  const reason = nearness.findLast((candidate) => failures.has(candidate));
  return {
    reason:
      reason ??
      (capacityProvider === undefined ? 'NO ACTIVE INSTANCES' : 'EMPTY CAPACITY PROVIDER'),
    instances: failures.get(reason ?? 'NO ACTIVE INSTANCES') ?? [],
  };
}
