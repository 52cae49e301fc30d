import {
  CreateLaunchTemplateVersionCommand,
  EC2Client,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import type { Filter, Image, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { TemplateVersion, VisibleImage } from '../model/group.ts';
import { clientOptions } from './client-options.ts';
import { batchesOf } from './batches.ts';
import { orExpected } from './error-codes.ts';
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

export const ec2ClientIn = (region: string): EC2Client => new EC2Client(clientOptions(region));

/** By filter, because one id in a list of ids that is gone fails the whole call. */
const filtersFor = (Name: 'image-id' | 'instance-id', ids: readonly string[]): Filter[][] =>
  batchesOf(ids, filterValuesMax).map((Values) => [{ Name, Values }]);

export const makeLaunchEc2 = (client: EC2Client): LaunchEc2Port => {
  const versionsIn = async (
    LaunchTemplateId: string,
    range: { MinVersion?: string; Versions?: string[] },
  ): Promise<TemplateVersion[]> => {
    const pages = paginateDescribeLaunchTemplateVersions(
      { client },
      { LaunchTemplateId, ...range },
    );
    const found = allPages(pages, (page) => page.LaunchTemplateVersions);
    const versions = await orExpected(found, { 'InvalidLaunchTemplateId.NotFound': [] });
    return versions.map(readVersion);
  };

  return {
    images: async (amis) => {
      const images: Image[] = [];
      for (const Filters of filtersFor('image-id', [...new Set(amis)].sort())) {
        // Without the last, the owner would be told that an image is gone.
        const request = { Filters, IncludeDeprecated: true, IncludeDisabled: true };
        images.push(
          ...(await allPages(paginateDescribeImages({ client }, request), (page) => page.Images)),
        );
      }
      return images.map(readImage);
    },

    launchedAtMs: async (instanceIds) => {
      const launchedAtMs = new Map<string, number>();
      for (const Filters of filtersFor('instance-id', instanceIds))
        for (const { Instances = [] } of await allPages(
          paginateDescribeInstances({ client }, { Filters }),
          (page) => page.Reservations,
        ))
          for (const { InstanceId = '', LaunchTime } of Instances)
            launchedAtMs.set(InstanceId, LaunchTime?.getTime() ?? Infinity);
      return launchedAtMs;
    },

    versions: async (templateId, { from, wantsDefault }) => {
      if (from === undefined) return versionsIn(templateId, { Versions: ['$Latest', '$Default'] });
      // AWS says "after which"; whether it means the version itself too or not, the one before it does no harm.
      const range = from > 1 ? { MinVersion: String(from - 1) } : {};
      const versions = await versionsIn(templateId, range);
      return !wantsDefault || versions.some(({ isDefault }) => isDefault)
        ? versions
        : [...versions, ...(await versionsIn(templateId, { Versions: ['$Default'] }))];
    },

    copyVersion: async ({ templateId, version, ami, description, clientToken }) => {
      const { LaunchTemplateVersion } = await client.send(
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
  hasRequirements: version.LaunchTemplateData?.InstanceRequirements !== undefined,
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
    isEncrypted: (image.BlockDeviceMappings ?? []).some(({ Ebs }) => Ebs?.Encrypted),
  };
};
