import {
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { Image, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { TemplateVersion, VisibleImage } from '../model/group.ts';
import { clientOptions } from './client-options.ts';
import { hasCode } from './error-codes.ts';
import { allPages } from './pages.ts';

/** What EC2 knows of the things that a group launches. */
export interface LaunchEc2Port {
  /** Those of the images that this account sees, deprecated and disabled ones too. */
  images(amis: readonly string[]): Promise<VisibleImage[]>;
  /** When instances were launched, in milliseconds since 1970, by id; those that are gone are missing. */
  launchedAtMs(instanceIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * All versions of a launch template from a number on, or the latest and the default one. Empty when there is no such
   * template.
   *
   * @param options.wantsDefault also the default version, wherever it is
   */
  versions(
    templateId: string,
    options: { from: number | undefined; wantsDefault: boolean },
  ): Promise<TemplateVersion[]>;
  /** Copies a version with another image; the same token gives the same version again. */
  copyVersion(copy: {
    templateId: string;
    version: number;
    ami: string;
    description: string;
    clientToken: string;
  }): Promise<number>;
}

const filterValuesMax = 200; // EC2 API reference, Filter
const pagesMax = 250; // 10,000 versions of a template, 200 ids of a filter

export const ec2ClientIn = (region: string): EC2Client => new EC2Client(clientOptions(region));

export const makeLaunchEc2 = (ec2: EC2Client): LaunchEc2Port => {
  /** By filter, because one id in a list of ids that is gone fails the whole call. */
  const byId = async <T>(
    name: 'image-id' | 'instance-id',
    ids: readonly string[],
    read: (page: {
      Filters: { Name: string; Values: string[] }[];
      NextToken: string | undefined;
    }) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
  ): Promise<T[]> => {
    const found: T[] = [];
    for (let start = 0; start < ids.length; start += filterValuesMax) {
      const Filters = [{ Name: name, Values: ids.slice(start, start + filterValuesMax) }];
      found.push(
        ...(await allPages({
          what: name,
          pagesMax,
          read: (NextToken: string | undefined) => read({ Filters, NextToken }),
        })),
      );
    }
    return found;
  };

  const versionsIn = async (
    templateId: string,
    range: { MinVersion?: string; Versions?: string[] },
  ): Promise<TemplateVersion[]> => {
    const versions = await allPages({
      what: templateId,
      pagesMax,
      read: async (NextToken: string | undefined) => {
        const page = await ec2.send(
          new DescribeLaunchTemplateVersionsCommand({
            LaunchTemplateId: templateId,
            NextToken,
            ...range,
          }),
        );
        return { items: page.LaunchTemplateVersions, next: page.NextToken };
      },
    });
    return versions.map(readVersion);
  };

  return {
    images: async (amis) => {
      const images = await byId('image-id', [...new Set(amis)].sort(), async (page) => {
        const command = new DescribeImagesCommand({
          ...page,
          IncludeDeprecated: true,
          // Or the owner would be told that an image is gone.
          IncludeDisabled: true,
        });
        const { Images, NextToken } = await ec2.send(command);
        return { items: Images, next: NextToken };
      });
      return images.map(readImage);
    },

    launchedAtMs: async (instanceIds) => {
      const reservations = await byId('instance-id', instanceIds, async (page) => {
        const { Reservations, NextToken } = await ec2.send(new DescribeInstancesCommand(page));
        return { items: Reservations, next: NextToken };
      });
      return new Map(
        reservations.flatMap(({ Instances = [] }) =>
          Instances.map(({ InstanceId = '', LaunchTime }) => [
            InstanceId,
            LaunchTime?.getTime() ?? Infinity,
          ]),
        ),
      );
    },

    versions: async (templateId, { from, wantsDefault }) => {
      try {
        if (from === undefined)
          return await versionsIn(templateId, { Versions: ['$Latest', '$Default'] });
        // AWS says "after which"; whether it means the version itself too or not, the one before it does no harm.
        const range = from > 1 ? { MinVersion: String(from - 1) } : {};
        const versions = await versionsIn(templateId, range);
        return !wantsDefault || versions.some(({ isDefault }) => isDefault)
          ? versions
          : [...versions, ...(await versionsIn(templateId, { Versions: ['$Default'] }))];
      } catch (error) {
        if (hasCode(error, 'InvalidLaunchTemplateId.NotFound')) return [];
        throw error;
      }
    },

    copyVersion: async ({ templateId, version, ami, description, clientToken }) => {
      const { LaunchTemplateVersion } = await ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: templateId,
          // Without it the new version would hold nothing but the image.
          SourceVersion: String(version),
          VersionDescription: description,
          LaunchTemplateData: { ImageId: ami },
          ClientToken: clientToken,
        }),
      );
      return LaunchTemplateVersion?.VersionNumber ?? 0;
    },
  };
};

const readVersion = (version: LaunchTemplateVersion): TemplateVersion => ({
  templateId: version.LaunchTemplateId ?? '',
  version: version.VersionNumber ?? 0,
  isDefault: version.DefaultVersion ?? false,
  description: version.VersionDescription ?? '',
  image: version.LaunchTemplateData?.ImageId ?? '',
  volumeGib: Object.fromEntries(
    (version.LaunchTemplateData?.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
      DeviceName && Ebs?.VolumeSize ? [[DeviceName, Ebs.VolumeSize]] : [],
    ),
  ),
});

const readImage = (image: Image): VisibleImage => {
  const root = image.BlockDeviceMappings?.find(
    ({ DeviceName }) => DeviceName === image.RootDeviceName,
  );
  return {
    ami: image.ImageId ?? '',
    name: image.Name ?? '',
    owner: image.OwnerId ?? '',
    state: image.State ?? '',
    isAllowed: image.ImageAllowed ?? true,
    architecture: image.Architecture ?? '',
    bootMode: image.BootMode ?? 'default',
    rootDeviceName: image.RootDeviceName ?? '',
    rootVolumeGib: root?.Ebs?.VolumeSize ?? 0,
    isEncrypted: root?.Ebs?.Encrypted ?? false,
  };
};
