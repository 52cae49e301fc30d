import type { StartChild } from '../engine-seam.ts';
import type { Execution } from '../state.ts';
import { startRun } from './start-run.ts';
import { toValue } from './value.ts';

/**
 * Begins a child execution of a map run. Its machine carries the label of the map behind its name.
 *
 * Source: Step Functions Developer Guide, "Examining Map Run of a Distributed Map state execution"
 */
export const startChild: StartChild = (place, request) => {
  const { parent, mapRunArn } = request;
  if (request.executionType !== 'STANDARD')
    throw new TypeError('express children are refused with the definition');
  const [, labelled = parent.machine.name] = /:mapRun:([^:]+):[^:]+$/.exec(mapRunArn) ?? [];
  const scope = place.at({ account: parent.account, region: parent.region, service: 'states' });
  const input = toValue(request.input);
  const child: Execution = {
    arn: scope.arn(`execution:${labelled}:${request.name}`),
    name: request.name,
    machineArn: scope.arn(`stateMachine:${labelled}`),
    machineName: labelled,
    account: parent.account,
    region: parent.region,
    roleArn: parent.roleArn,
    definition: request.definition,
    machine: parent.machine,
    mapRunArn,
    input: input.text,
    startedAt: scope.now,
    status: 'RUNNING',
    history: [],
  };
  startRun(scope, child, { input, onEnd: request.onEnd });
  return child;
};
