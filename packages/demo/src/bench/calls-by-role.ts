import type { JournalEntry } from '@golden/emulator';
import { rounded } from './measure.ts';

/** What the journal names a role's session for, though no code of a function calls it. */
const isOfTheCode = ({ service, name }: JournalEntry): boolean =>
  // Lambda brings logs away, and Auto Scaling checks a launch template with the rights of whoever names it.
  service !== 'logs' && !(service === 'ec2' && name === 'RunInstances');

/** Whose call it is, by the names that CloudFormation and the templates give roles; undefined for everybody else's. */
function callerOf(by: string): string | undefined {
  const [, role = ''] = /:assumed-role\/([^/]+)\//.exec(by) ?? [];
  const [, infra] = /^golden-images-(\w+?)(?:Handler)?ExecutionRole-/.exec(role) ?? [];
  if (infra !== undefined) return `infra ${infra}`;
  if (role.endsWith('-invoker')) return 'workload invoker, used by ReachAccount';
  return /-WorkloadHandlerExecution/.test(role) ? 'workload handler' : undefined;
}

/** AWS calls per target. */
export interface CallsByRole {
  readonly inTheInfraAccount: number;
  readonly inTheWorkloadAccount: number;
  readonly byRole: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** AWS calls per target that the product's roles made, by role and by operation: of all entries of a rollout. */
export function callsByRole(entries: readonly JournalEntry[], targets: number): CallsByRole {
  const calls = entries.flatMap((entry) => {
    const caller = entry.kind === 'call' ? callerOf(entry.by ?? '') : undefined;
    return caller === undefined || !isOfTheCode(entry)
      ? []
      : [{ caller, what: `${entry.service}:${entry.name}` }];
  });
  const perTarget = (count: number): number => rounded(count / targets, 2);
  const of = (place: string): number =>
    perTarget(calls.filter(({ caller }) => caller.startsWith(place)).length);
  return {
    inTheInfraAccount: of('infra'),
    inTheWorkloadAccount: of('workload'),
    byRole: Object.fromEntries(
      [...Map.groupBy(calls, ({ caller }) => caller)].map(([caller, made]) => [
        caller,
        {
          all: perTarget(made.length),
          ...Object.fromEntries(
            [...Map.groupBy(made, ({ what }) => what)].map(([what, { length }]) => [
              what,
              perTarget(length),
            ]),
          ),
        },
      ]),
    ),
  };
}
