import {
  DeleteLifecycleHookCommand,
  PutLifecycleHookCommand,
  type PutLifecycleHookType,
} from '@aws-sdk/client-auto-scaling';
import * as client from '@aws-sdk/client-auto-scaling';
import type { Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { groupResource } from './group-resource.ts';

const model = readServiceModel(client);
const hookNameLengthMax = 255; // API Reference, PutLifecycleHook, LifecycleHookName

const hookInput = (properties: Properties, name: string): PutLifecycleHookType =>
  toServiceInput(model, 'PutLifecycleHook', {
    ...properties,
    LifecycleHookName: name,
  }) as unknown as PutLifecycleHookType;

/** Source: CloudFormation resource type AWS::AutoScaling::LifecycleHook; targets for notifications are not modelled. */
const lifecycleHook: ResourceProvider = {
  type: 'AWS::AutoScaling::LifecycleHook',
  properties: [
    'AutoScalingGroupName',
    'DefaultResult',
    'HeartbeatTimeout',
    'LifecycleHookName',
    'LifecycleTransition',
    'NotificationMetadata',
  ],
  required: ['AutoScalingGroupName', 'LifecycleTransition'],
  createOnly: ['AutoScalingGroupName', 'LifecycleHookName'],
  attributes: [],
  async create(properties, deployment) {
    const given = properties['LifecycleHookName'];
    const name =
      typeof given === 'string' ? given : deployment.generateName({ lengthMax: hookNameLengthMax });
    await deployment.call(new PutLifecycleHookCommand(hookInput(properties, name)));
    return { physicalId: name, attributes: {} };
  },
  async update(properties, deployment, { physicalId }) {
    await deployment.call(new PutLifecycleHookCommand(hookInput(properties, physicalId)));
    return { physicalId, attributes: {} };
  },
  async delete(physicalId, deployment, { properties }) {
    try {
      await deployment.call(
        new DeleteLifecycleHookCommand({
          AutoScalingGroupName: String(properties['AutoScalingGroupName']),
          LifecycleHookName: physicalId,
        }),
      );
    } catch (error) {
      // Neither the group nor the hook need be there any more, and AWS has one code for both.
      if (!isAwsError(error, 'ValidationError')) throw error;
    }
  },
};

export const autoScalingResources: readonly ResourceProvider[] = [groupResource, lifecycleHook];
