import {
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { readProperties, textProperty } from '../../cloudformation/read-properties.ts';
import { unlessGone } from './unless-gone.ts';

const schema = v.strictObject({
  AWSServiceName: textProperty,
  CustomSuffix: v.optional(textProperty),
  Description: v.optional(textProperty),
});

export const serviceLinkedRoleResource: ResourceProvider = {
  type: 'AWS::IAM::ServiceLinkedRole',
  properties: ['AWSServiceName', 'CustomSuffix', 'Description'],
  required: ['AWSServiceName'],
  // A new description alone could be changed in place; that is not modelled, and stops the stack.
  createOnly: ['AWSServiceName', 'CustomSuffix'],
  createSeconds: 5,
  async create(given, deployment) {
    const { Role } = await deployment.call(
      new CreateServiceLinkedRoleCommand(readProperties(schema, given)),
    );
    const name = Role?.RoleName ?? '';
    return { physicalId: name, attributes: { RoleName: name } };
  },
  async delete(name, deployment) {
    await unlessGone(deployment.call(new DeleteServiceLinkedRoleCommand({ RoleName: name })));
  },
};
