import { CreateDefaultVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateImageRecipeCommand, ImagebuilderClient } from '@aws-sdk/client-imagebuilder';
import { accountFixture, type AccountFixture } from './account-fixture.ts';
import { ec2 } from '../src/services/ec2/operations.ts';
import { iam } from '../src/services/iam/operations.ts';
import { ssm } from '../src/services/ssm/operations.ts';
import { imagebuilder } from '../src/services/imagebuilder/operations.ts';

export const arn = (rest: string): string => `arn:aws:imagebuilder:eu-west-1:111111111111:${rest}`;

export const parentImage =
  'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';

export const dataOf = (command: string): string => `schemaVersion: 1.0
parameters:
  - Needed: { type: string }
  - Given: { type: string, default: x, allowedValues: [x, y] }
phases:
  - name: build
    steps:
      - { name: Run, action: ExecuteBash, inputs: { commands: ['${command} {{ Needed }} {{ Given }}'] } }
`;

export async function setUp(): Promise<AccountFixture & { builder: ImagebuilderClient }> {
  const given = accountFixture([iam, ssm, ec2, imagebuilder]);
  const client = given.client(IAMClient);
  await given.client(EC2Client).send(new CreateDefaultVpcCommand({}));
  await client.send(
    new CreateRoleCommand({
      RoleName: 'builder',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  );
  await client.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'builder' }));
  await client.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'builder', RoleName: 'builder' }),
  );
  await given.spread();
  return { ...given, builder: given.client(ImagebuilderClient) };
}

export const recipe = (semanticVersion: string, more: object = {}) =>
  new CreateImageRecipeCommand({ name: 'Line One', semanticVersion, parentImage, ...more });
