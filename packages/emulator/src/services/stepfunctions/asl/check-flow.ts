import type { State } from './definition.ts';
import type { Problems } from './problems.ts';

/** Where a state can lead, with the place in the definition that says so. */
const targetsOf = (state: State, location: string): readonly (readonly [string, string])[] => {
  const targets: (readonly [string, string])[] = [];
  if ('Next' in state) targets.push([state.Next, `${location}/Next`]);
  if (state.Type === 'Choice') {
    for (const [index, rule] of state.Choices.entries())
      targets.push([rule.Next, `${location}/Choices[${String(index)}]/Next`]);
    if (state.Default !== undefined) targets.push([state.Default, `${location}/Default`]);
  }
  if (state.Type === 'Task' || state.Type === 'Map')
    for (const [index, catcher] of state.Catch.entries())
      targets.push([catcher.Next, `${location}/Catch[${String(index)}]/Next`]);
  return targets;
};

const isTerminal = (state: State): boolean =>
  state.Type === 'Succeed' || state.Type === 'Fail' || 'End' in state;

/**
 * Reports transitions to states that do not exist, states that nothing leads to, and a machine that cannot end. A
 * transition stays in its own `States`: a map's states and those around it cannot name each other.
 *
 * @param location of the object that has `StartAt` and `States`
 *
 * Source: API reference, ValidateStateMachineDefinitionDiagnostic; messages as CreateStateMachine answers them
 */
export const checkFlow = (
  machine: { readonly StartAt: string; readonly States: ReadonlyMap<string, State> },
  location: string,
  problems: Problems,
): void => {
  const { StartAt, States } = machine;
  const missing = (target: string, place: string): void => {
    problems.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target}`, place);
  };
  const targets = new Map(
    [...States].map(([name, state]) => [name, targetsOf(state, `${location}/States/${name}`)]),
  );
  for (const [target, place] of [...targets.values()].flat())
    if (!States.has(target)) missing(target, place);
  if (!States.has(StartAt)) missing(StartAt, `${location}/StartAt`);
  const isWhole = location === '';
  if (isWhole && ![...States.values()].some(isTerminal)) {
    problems.add('MISSING_END_STATE', 'Workflow has no terminal state', null);
    return;
  }
  const reached = new Set<string>();
  const open = States.has(StartAt) ? [StartAt] : [];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const [target] of targets.get(name) ?? []) if (States.has(target)) open.push(target);
  }
  for (const name of States.keys())
    if (!reached.has(name))
      problems.add(
        'MISSING_TRANSITION_TARGET',
        `State "${name}" is not reachable.`,
        `${location}/States/${name}`,
      );
};
