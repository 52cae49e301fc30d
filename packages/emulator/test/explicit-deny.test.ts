import { describe, expect, it } from '@jest/globals';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { clientFor } from '../src/accounts/client-for.ts';
import { createOrganization } from '../src/accounts/create-organization.ts';
import { createWorld, services } from '../src/emulator.ts';
import { deniedExamples, type Connect, type Key } from './denied-examples.ts';

const denyExamples = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: Object.values(deniedExamples).map(({ action }) => action),
      Resource: '*',
    },
  ],
});
const allowAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
});

/** The management account of an organization, with callers who may do everything but the examples. */
async function deniedCallers() {
  const world = createWorld({ duplicateShare: 0 });
  const { management } = await createOrganization(world, { managementAccountName: 'main' });
  const connectAs =
    (credentials: Key): Connect =>
    (Client) =>
      clientFor(world, Client, { credentials, region: 'eu-west-1' });
  const admin = connectAs(management.adminCredentials);
  const iam = admin(IAMClient);
  const keyOf = async (UserName: string): Promise<Key> => {
    await iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      sessionToken: undefined,
    };
  };
  const inline = await keyOf('inline');
  await iam.send(
    new PutUserPolicyCommand({ UserName: 'inline', PolicyName: 'p', PolicyDocument: denyExamples }),
  );
  const attached = await keyOf('attached');
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'but-not', PolicyDocument: denyExamples }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName: 'attached', PolicyArn: Policy?.Arn }));
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'r',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: management.id }, Action: 'sts:AssumeRole' },
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: allowAll }),
  );
  await world.scheduler.runFor(world.settings.iamPropagationMs);
  const assume = async (given: object): Promise<Key> => {
    const { Credentials: got } = await admin(STSClient).send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'one', ...given }),
    );
    return {
      accessKeyId: got?.AccessKeyId ?? '',
      secretAccessKey: got?.SecretAccessKey ?? '',
      sessionToken: got?.SessionToken,
    };
  };
  return {
    admin,
    callers: {
      'an inline policy of a user': { caller: connectAs(inline), type: 'identity-based' },
      'a managed policy of a user': { caller: connectAs(attached), type: 'identity-based' },
      'a session policy': {
        caller: connectAs(await assume({ Policy: denyExamples })),
        type: 'sessions',
      },
      'a session policy by ARN': {
        caller: connectAs(await assume({ PolicyArns: [{ arn: Policy?.Arn }] })),
        type: 'sessions',
      },
    },
  };
}

const shared = deniedCallers();

it('has an example of every service', () => {
  expect(Object.keys(deniedExamples)).toEqual(services.map(({ name }) => name).toSorted());
});

describe.each(Object.entries(deniedExamples))('%s', (_, { call, code, status, action }) => {
  it('does what the administrator asks', async () => {
    const { admin } = await shared;
    await expect(call(admin)).resolves.toBeDefined();
  });

  it.each([
    'an inline policy of a user',
    'a managed policy of a user',
    'a session policy',
    'a session policy by ARN',
  ] as const)('refuses what %s denies beside an allow for everything', async (where) => {
    const { callers } = await shared;
    const { caller, type } = callers[where];
    await expect(call(caller)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(
        new RegExp(`${action}.*with an explicit deny in an? ${type} policy`),
      ),
      $metadata: { httpStatusCode: status },
    });
  });
});
