import type { MapState } from '../asl/definition.ts';
import type { Ending } from '../engine-seam.ts';
import type { Flow } from './flow.ts';
import { mapRunStarter } from './map-run-starter.ts';
import type { Attempt, Visit } from './visit.ts';

/** Hands the items to a map run and waits for its end. */
export async function performDistributedMap(
  flow: Flow,
  visit: Visit,
  state: MapState,
): Promise<undefined> {
  const { run, scope } = flow;
  const attempt = visit.beginAttempt();
  flow.note('MapStateStarted');
  const handle = await mapRunStarter.in(scope).start(scope, {
    parent: run.execution,
    state,
    evaluation: flow.evaluationOf(visit),
    // The map run may end in the midst of somebody else's work.
    onEnd: (ending) => {
      scope.after(0, 'map run ended', () => goOn(flow, visit, { attempt, ending }));
    },
  });
  if (!attempt.isOpen || run.isOver) {
    handle.abort();
    return;
  }
  attempt.onClose(() => {
    handle.abort();
  });
  flow.note('MapRunStarted', { mapRunStartedEventDetails: { mapRunArn: handle.mapRunArn } });
}

async function goOn(
  flow: Flow,
  visit: Visit,
  { attempt, ending }: { readonly attempt: Attempt; readonly ending: Ending },
): Promise<void> {
  if (!attempt.isOpen || flow.run.isOver) return;
  await flow.drive(async () => {
    if (ending.ok) {
      flow.note('MapRunSucceeded');
      flow.note('MapStateSucceeded');
    } else {
      const { error, cause } = ending.error;
      flow.note('MapRunFailed', { mapRunFailedEventDetails: { error, cause } });
      flow.note('MapStateFailed');
    }
    await flow.settle(visit, attempt, ending);
    return undefined;
  });
}
