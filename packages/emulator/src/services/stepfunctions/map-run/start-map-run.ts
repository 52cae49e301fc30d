import { createHash } from 'node:crypto';
import { StateError } from '../asl/state-error.ts';
import type { StartMapRun } from '../engine-seam.ts';
import { evaluateSettings } from './map-run-settings.ts';
import { keptMapRuns, mapRunState, type MapRun } from './map-run-state.ts';
import { ChildrenRunner } from './run-children.ts';

/** Source: Step Functions Developer Guide, "Service quotas", open Map Runs (a hard quota). */
const openMapRunsMax = 1_000;

/**
 * Begins a map run. Items are read at once but after this has returned: what goes wrong from then on is told by `onEnd`.
 *
 * Source: Step Functions Developer Guide, "Distributed mode", "Examining Map Run of a Distributed Map state execution".
 * @throws StateError for a concurrency or a tolerance that is no number, and when too many map runs are open
 */
export const startMapRun: StartMapRun = async (engineScope, request) => {
  const { parent, state, evaluation } = request;
  const scope = engineScope.at({
    account: parent.account,
    region: parent.region,
    service: 'states',
  });
  const settings = await evaluateSettings(state, evaluation);
  const place = mapRunState.in(scope);
  if (place.openCount >= openMapRunsMax)
    throw new StateError(
      'States.Runtime',
      `There are ${openMapRunsMax} open map runs in the account ${parent.account} already.`,
    );
  const { machine } = parent;
  const label = state.Label ?? generatedLabel(machine.arn, state.Name);
  const arn = scope.arn(`mapRun:${machine.name}/${label}:${scope.uuid('map-run')}`);
  const run: MapRun = {
    arn,
    executionArn: parent.arn,
    machineArn: machine.arn,
    label,
    startedAt: scope.now,
    settings,
    status: 'RUNNING',
    children: [],
    hasWrittenResults: false,
    settingsChanged: () => {
      runner.settingsChanged();
    },
  };
  const runner = new ChildrenRunner(scope, request, run);
  keptMapRuns(scope);
  place.runs.set(arn, run);
  place.openCount += 1;
  scope.record('MapRunStarted', { mapRunArn: arn });
  scope.after(0, 'map-run', () => runner.begin());
  return {
    mapRunArn: arn,
    abort: () => {
      runner.abort();
    },
  };
};

/** A map without a label has one of its own all the same, which stays the same from run to run. */
const generatedLabel = (machineArn: string, stateName: string): string =>
  createHash('sha256').update(`${machineArn}/${stateName}`).digest('hex').slice(0, 32);
