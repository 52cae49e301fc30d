import type * as client from '@aws-sdk/client-auto-scaling';
import { operation, type Operation } from '../../world/service.ts';
import { validationError } from './errors.ts';
import { checkGroup, requireGroup } from './group-access.ts';
import { reconcile } from './group-engine.ts';
import { checkAll } from './health-checks.ts';

/** Source: API Reference, SuspendProcesses, ScalingProcesses. */
const processes: readonly string[] = [
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'Launch',
  'ReplaceUnhealthy',
  'ScheduledActions',
  'Terminate',
];

/** @throws AwsError ValidationError for a process that does not exist */
function namedProcesses({
  ScalingProcesses: asked = [],
}: client.ScalingProcessQuery): readonly string[] {
  const strange = asked.find((name) => !processes.includes(name));
  if (strange !== undefined) throw validationError(`${strange} is not a valid process type`);
  return asked.length > 0 ? asked : processes;
}

const suspendProcesses = operation<
  client.SuspendProcessesCommandInput,
  Partial<client.SuspendProcessesCommandOutput>
>({
  authorize: checkGroup('SuspendProcesses'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    for (const name of namedProcesses(input))
      if (!group.suspended.has(name))
        group.suspended.set(name, `User suspended at ${call.date.toISOString().slice(0, 19)}Z`);
    return {};
  },
});

const resumeProcesses = operation<
  client.ResumeProcessesCommandInput,
  Partial<client.ResumeProcessesCommandOutput>
>({
  authorize: checkGroup('ResumeProcesses'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    for (const name of namedProcesses(input)) group.suspended.delete(name);
    checkAll(call, group);
    reconcile(call, group);
    return {};
  },
});

export const processOperations: Readonly<Record<string, Operation>> = {
  ResumeProcesses: resumeProcesses,
  SuspendProcesses: suspendProcesses,
};
