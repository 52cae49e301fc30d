import { bootSystem } from '../../image-model/index.ts';
import type { Principal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { ec2Arn } from './arns.ts';
import { instanceChanges } from './instance-changes.ts';
import { launchKeyProblem } from './key-problem.ts';
import { ec2State, type Image, type Instance } from './state.ts';

// AWS states no durations; these are usual.
const startMsMin = 15_000;
const startMsMax = 40_000;
const stopMsMin = 20_000;
const stopMsMax = 60_000;
/** Source: EC2 User Guide, "Terminate Amazon EC2 instances": visible for a short while, approximately one hour. */
const visibleAfterTerminationMs = 3600 * 1000;

/** Source: EC2 User Guide, "Troubleshoot instance launch issues", "Instance terminates immediately". */
const launchError = {
  code: 'Client.InternalError',
  message: 'Client.InternalError: Client error on launch',
};

/**
 * Brings a pending instance up. Keys are asked for only now: a launch is accepted and ends by itself when they cannot
 * be used by whoever launched.
 */
export function startInstance(
  scope: Scope,
  instance: Instance,
  { caller, image }: { readonly caller: Principal; readonly image: Image },
): void {
  announce(scope, instance);
  scope.after(scope.between('start', startMsMin, startMsMax), `start ${instance.id}`, async () => {
    if (instance.state !== 'pending') return;
    const problem = launchKeyProblem(scope, { caller, image, devices: instance.devices });
    if (problem !== undefined) {
      scope.record('launch-failed', { instanceId: instance.id, problem: problem.message });
      end(
        scope,
        instance,
        problem.kind === 'state'
          ? {
              code: 'Client.InvalidKMSKey.InvalidState',
              message: `Client.InvalidKMSKey.InvalidState: ${problem.message}`,
            }
          : launchError,
      );
      return;
    }
    instance.system = await bootSystem(instance.disk, {
      now: scope.date,
      ...(instance.userData === undefined ? {} : { userData: instance.userData }),
    });
    instance.state = 'running';
    instance.runningSince = scope.date;
    announce(scope, instance);
  });
}

/** Takes an instance down, whatever it is doing. */
export function stopForGood(scope: Scope, instance: Instance): void {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
  instance.state = 'shutting-down';
  announce(scope, instance);
  scope.after(scope.between('stop', stopMsMin, stopMsMax), `stop ${instance.id}`, () => {
    end(scope, instance, {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    });
  });
}

function end(scope: Scope, instance: Instance, reason: { code: string; message: string }): void {
  instance.state = 'terminated';
  instance.stateReason = reason;
  instance.terminatedAt = scope.date;
  instance.system = undefined;
  announce(scope, instance);
  scope.after(visibleAfterTerminationMs, `forget ${instance.id}`, () => {
    const { instances, tags } = ec2State.in(scope);
    instances.delete(instance.id);
    tags.delete(instance.id);
    for (const { volumeId } of instance.devices) tags.delete(volumeId);
  });
}

/** Source: EC2 User Guide, "State change events for your instances". */
function announce(scope: Scope, instance: Instance): void {
  publishServiceEvent(scope, {
    source: 'aws.ec2',
    detailType: 'EC2 Instance State-change Notification',
    resources: [ec2Arn(scope, 'instance', instance.id)],
    detail: { 'instance-id': instance.id, state: instance.state },
  });
  instanceChanges.tell(scope, instance);
}
