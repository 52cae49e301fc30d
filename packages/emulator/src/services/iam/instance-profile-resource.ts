import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { Deployment, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import { readProperties, textProperty } from '../../cloudformation/read-properties.ts';
import { unlessGone } from './unless-gone.ts';

const nameLengthMax = 128; // IAM quotas, instance profile name

const schema = v.strictObject({
  InstanceProfileName: v.optional(textProperty),
  Path: v.optional(textProperty),
  Roles: v.pipe(v.array(textProperty), v.length(1)),
});

async function provisioned(deployment: Deployment, name: string): Promise<Provisioned> {
  const { InstanceProfile } = await deployment.call(
    new GetInstanceProfileCommand({ InstanceProfileName: name }),
  );
  return { physicalId: name, attributes: { Arn: InstanceProfile?.Arn ?? '' } };
}

async function addRole(deployment: Deployment, name: string, RoleName: string): Promise<void> {
  await deployment.call(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName }),
  );
}

async function removeRole(deployment: Deployment, name: string, RoleName: string): Promise<void> {
  await unlessGone(
    deployment.call(
      new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName }),
    ),
  );
}

async function remove(deployment: Deployment, name: string, RoleName: string): Promise<void> {
  await removeRole(deployment, name, RoleName);
  await unlessGone(
    deployment.call(new DeleteInstanceProfileCommand({ InstanceProfileName: name })),
  );
}

export const instanceProfileResource: ResourceProvider = {
  type: 'AWS::IAM::InstanceProfile',
  properties: ['InstanceProfileName', 'Path', 'Roles'],
  required: ['Roles'],
  createOnly: ['InstanceProfileName', 'Path'],
  // CloudFormation waits until EC2 surely knows the profile.
  createSeconds: 120,
  async create(given, deployment) {
    const properties = readProperties(schema, given);
    const name =
      properties.InstanceProfileName ?? deployment.generateName({ lengthMax: nameLengthMax });
    await deployment.call(
      new CreateInstanceProfileCommand({ InstanceProfileName: name, Path: properties.Path }),
    );
    const roleName = properties.Roles[0] ?? '';
    try {
      await addRole(deployment, name, roleName);
    } catch (error) {
      await remove(deployment, name, roleName);
      throw error;
    }
    return provisioned(deployment, name);
  },
  async update(given, deployment, { physicalId: name, previous }) {
    const from = readProperties(schema, previous).Roles[0] ?? '';
    const to = readProperties(schema, given).Roles[0] ?? '';
    if (from !== to) {
      await removeRole(deployment, name, from);
      await addRole(deployment, name, to);
    }
    return provisioned(deployment, name);
  },
  async delete(name, deployment, { properties }) {
    await remove(deployment, name, readProperties(schema, properties).Roles[0] ?? '');
  },
};
