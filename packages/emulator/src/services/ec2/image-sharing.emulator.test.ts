import { describe, expect, it } from '@jest/globals';
import {
  CreateTagsCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  EC2Client,
  EnableImageCommand,
  ModifyImageAttributeCommand,
  type DescribeImagesCommandInput,
  type Tag,
} from '@aws-sdk/client-ec2';
import { ownImage } from '../../../test/ec2-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const organization = 'o-abcdefghij';
const managementId = '999999999999';
const unit = `${organization}/ou-abcd-12345678`;
/** Users, each of an account of its own, and where in the organization that is. */
const accounts = {
  management: [managementId, `${organization}/r-abcd/`],
  member: ['222222222222', `${organization}/r-abcd/ou-abcd-12345678/`],
  cousin: ['444444444444', `${organization}/r-abcd/`],
  stranger: ['333333333333', undefined],
} as const;
type User = keyof typeof accounts;

/** An image of the first account that is shared, and what others see of it. */
async function sharedImage(permission: object) {
  const given = serviceFixture([ec2]);
  for (const [user, [id, path]] of Object.entries(accounts)) {
    given.addUser(
      user,
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      id,
    );
    const account = given.world.directory.get(id);
    if (account && path !== undefined) {
      account.organizationId = organization;
      account.organizationPath = path;
    }
  }
  const owner = given.client(EC2Client);
  const { ImageId = '' } = await ownImage(given, owner, 'shared');
  await owner.send(
    new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [permission] } }),
  );
  const idsFor = async (user: User, input: DescribeImagesCommandInput) => {
    const { Images = [] } = await given
      .client(EC2Client, { user })
      .send(new DescribeImagesCommand(input));
    return Images.map((image) => image.ImageId);
  };
  return {
    given,
    owner,
    ImageId,
    /** Who finds it: among what is shared with them, and among what the owner has. */
    seenBy: async (): Promise<string[]> => {
      const seen: string[] = [];
      for (const user of ['management', 'member', 'cousin', 'stranger'] as const) {
        const shared = await idsFor(user, { ExecutableUsers: ['self'] });
        const owned = await idsFor(user, { Owners: [given.account] });
        expect(owned).toEqual(shared);
        if (shared.includes(ImageId)) seen.push(user);
      }
      return seen;
    },
    permissions: async () =>
      (
        await owner.send(
          new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }),
        )
      ).LaunchPermissions,
    tagsFor: async (client: EC2Client): Promise<Tag[]> => {
      const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
      return Images?.[0]?.Tags ?? [];
    },
  };
}

const shares = [
  {
    what: 'an organization',
    permission: {
      OrganizationArn: `arn:aws:organizations::${managementId}:organization/${organization}`,
    },
    members: ['management', 'member', 'cousin'],
  },
  {
    what: 'a unit',
    permission: { OrganizationalUnitArn: `arn:aws:organizations::${managementId}:ou/${unit}` },
    members: ['member'],
  },
];

describe('an image that is shared', () => {
  it.each(shares)(
    'with $what is found there by owner and by right to launch',
    async ({ permission, members }) => {
      const { seenBy, permissions } = await sharedImage(permission);
      expect(await permissions()).toEqual([permission]);
      expect(await seenBy()).toEqual(members);
    },
  );

  it.each(shares)(
    'with $what is shared with nobody once it was disabled, also when it is enabled again',
    async ({ permission }) => {
      const { owner, ImageId, seenBy, permissions } = await sharedImage(permission);
      expect(await seenBy()).not.toEqual([]);
      await owner.send(new DisableImageCommand({ ImageId }));
      expect(await permissions()).toEqual([]);
      expect(await seenBy()).toEqual([]);
      await owner.send(new EnableImageCommand({ ImageId }));
      expect(await permissions()).toEqual([]);
      expect(await seenBy()).toEqual([]);
      await owner.send(
        new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [permission] } }),
      );
      expect(await seenBy()).toContain('member');
    },
  );

  it('shows each account the tags of its own only', async () => {
    const { given, owner, ImageId, tagsFor } = await sharedImage({
      OrganizationArn: `arn:aws:organizations::${managementId}:organization/${organization}`,
    });
    const member = given.client(EC2Client, { user: 'member' });
    const tag = (client: EC2Client, Value: string) =>
      client.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'of', Value }] }));
    await tag(owner, 'owner');
    expect(await tagsFor(member)).toEqual([]);
    await tag(member, 'member');
    expect(await tagsFor(owner)).toEqual([{ Key: 'of', Value: 'owner' }]);
    expect(await tagsFor(member)).toEqual([{ Key: 'of', Value: 'member' }]);
    expect(await tagsFor(given.client(EC2Client, { user: 'cousin' }))).toEqual([]);
  });
});
