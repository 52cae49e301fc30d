import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { GoldenError } from '../model/golden-error.ts';
import type { AmiId } from '../model/ids.ts';

export interface RootDevices {
  /**
   * The root device name of an image, such as `/dev/xvda`. Encrypting a guessed device would add a second,
   * encrypted volume and leave the root volume in clear.
   */
  nameFor(ami: AmiId): Promise<string>;
}

export const makeRootDevices = (ec2: EC2Client): RootDevices => ({
  nameFor: async (ami) => {
    const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ami] }));
    const name = Images?.[0]?.RootDeviceName;
    if (name !== undefined) return name;
    throw new GoldenError({
      code: 'parent-not-an-image',
      message: `${ami} does not exist here or has no root device; choose another parent image`,
      details: { ami },
    });
  },
});
