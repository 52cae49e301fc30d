import type * as client from '@aws-sdk/client-ec2';
import type { ImageContents, System } from '../../image-model/index.ts';
import type { Scope } from '../../world/scope.ts';
import { defineState } from '../../world/state.ts';

export type Architecture = 'x86_64' | 'arm64';

/** A volume that an image or an instance brings along. */
export interface Device {
  readonly deviceName: string;
  readonly volumeSize: number;
  readonly volumeType: string;
  readonly deleteOnTermination: boolean;
  readonly encrypted: boolean;
  /** ARN of the key, for encrypted volumes. */
  readonly kmsKeyId: string | undefined;
}

/** Only what an image, a volume and a copy have in common. */
export const deviceOf = (device: Device): Device => ({
  deviceName: device.deviceName,
  volumeSize: device.volumeSize,
  volumeType: device.volumeType,
  deleteOnTermination: device.deleteOnTermination,
  encrypted: device.encrypted,
  kmsKeyId: device.kmsKeyId,
});

export interface ImageDevice extends Device {
  readonly snapshotId: string;
}

/** One entry of an image's launch permissions; exactly one member is set. */
export type LaunchPermission =
  | { readonly Group: 'all' }
  | { readonly UserId: string }
  | { readonly OrganizationArn: string }
  | { readonly OrganizationalUnitArn: string };

export interface Image {
  readonly id: string;
  /** The owning account. */
  readonly owner: string;
  readonly region: string;
  readonly ownerAlias: string | undefined;
  readonly name: string;
  description: string;
  state: 'pending' | 'available' | 'failed' | 'disabled';
  stateReason: string | undefined;
  readonly createdAt: Date;
  readonly architecture: Architecture;
  readonly devices: readonly ImageDevice[];
  readonly sourceInstanceId: string | undefined;
  readonly sourceImageId: string | undefined;
  readonly sourceImageRegion: string | undefined;
  imdsV2Only: boolean;
  /** By {@link permissionKey}. */
  readonly permissions: Map<string, LaunchPermission>;
  deprecatedAt: Date | undefined;
  protection: 'disabled' | 'enabled-without-cooldown' | 'enabled-with-cooldown';
  /** Until when protection holds after it was switched off; milliseconds since 1970. */
  protectedUntil: number | undefined;
  lastLaunchedAt: Date | undefined;
  readonly publicParameterName: string | undefined;
  /** What a disk of this image holds; instances boot from it. */
  readonly contents: ImageContents;
}

export interface Snapshot {
  readonly id: string;
  readonly owner: string;
  readonly region: string;
  readonly ownerAlias: string | undefined;
  readonly description: string;
  readonly volumeId: string;
  readonly volumeSize: number;
  readonly startedAt: Date;
  completedAt: Date | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  state: 'pending' | 'completed' | 'error';
  /** Account ids, and `all`. */
  readonly permissions: Set<string>;
}

export interface Instance {
  readonly id: string;
  readonly reservationId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly architecture: Architecture;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly securityGroupIds: readonly string[];
  readonly privateIpAddress: string;
  readonly publicIpAddress: string | undefined;
  readonly keyName: string | undefined;
  readonly instanceProfileArn: string | undefined;
  readonly userData: string | undefined;
  readonly httpTokens: 'required' | 'optional';
  readonly hopLimit: number;
  readonly metadataTags: 'enabled' | 'disabled';
  /** Whether its metrics come every minute. */
  readonly monitoring: boolean;
  readonly ebsOptimized: boolean;
  readonly launchedAt: Date;
  readonly clientToken: string;
  readonly devices: readonly (Device & { readonly volumeId: string })[];
  readonly disk: ImageContents;
  state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  stateReason: { readonly code: string; readonly message: string } | undefined;
  runningSince: Date | undefined;
  terminatedAt: Date | undefined;
  /** What runs on it, from `running` on. */
  system: System | undefined;
}

export interface Vpc {
  readonly id: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly isDefault: boolean;
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
}

export interface KeyPair {
  readonly id: string;
  readonly name: string;
  readonly type: 'rsa' | 'ed25519';
  readonly fingerprint: string;
  readonly createdAt: Date;
}

export interface LaunchTemplateVersion {
  readonly number: number;
  readonly description: string | undefined;
  readonly createdAt: Date;
  /** ARN of whoever made it. */
  readonly createdBy: string;
  readonly data: client.RequestLaunchTemplateData;
}

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** ARN of whoever made it. */
  readonly createdBy: string;
  defaultVersion: number;
  /** The number that was given out last; numbers are never given out twice. */
  lastNumber: number;
  readonly versions: Map<number, LaunchTemplateVersion>;
}

/** What an account and Region says about the images that may be used there. */
export interface AllowedImages {
  state: 'disabled' | 'audit-mode' | 'enabled';
  criteria: readonly client.ImageCriterion[];
}

const everyImage = (): AllowedImages => ({ state: 'disabled', criteria: [] });

/** What an account has in a Region. Tags are kept by the account that set them, whoever owns the resource. */
export const ec2State = defineState('ec2', 'regional', () => ({
  instances: new Map<string, Instance>(),
  vpcs: new Map<string, Vpc>(),
  subnets: new Map<string, Subnet>(),
  securityGroups: new Map<string, SecurityGroup>(),
  /** By name. */
  keyPairs: new Map<string, KeyPair>(),
  /** By id. */
  launchTemplates: new Map<string, LaunchTemplate>(),
  /** Answers of operations on launch templates by operation and client token. */
  launchTemplateTokens: new Map<string, { readonly request: string; readonly answer: object }>(),
  allowedImages: everyImage(),
  tags: new Map<string, Map<string, string>>(),
  ebsEncryptionByDefault: false,
  /** ARN of a customer managed key; undefined means `alias/aws/ebs`. */
  ebsDefaultKmsKeyId: undefined as string | undefined,
  /** Answers of CopyImage by client token. */
  copyTokens: new Map<string, { readonly request: string; readonly imageId: string }>(),
  /** Instance ids of RunInstances by client token. */
  runTokens: new Map<string, { readonly request: string; readonly instanceIds: string[] }>(),
}));

interface RegionRegistry {
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  /** When images were deregistered, milliseconds since 1970, by id; they are no longer there but were once. */
  readonly deregistered: Map<string, number>;
}

const registry = defineState('ec2-images', 'global', () => new Map<string, RegionRegistry>());

/** Images and snapshots of all accounts in the scope's Region: what is shared must be found without its owner. */
export function registryOf(scope: Scope): RegionRegistry {
  const regions = registry.in(scope);
  let found = regions.get(scope.region);
  if (!found) {
    found = { images: new Map(), snapshots: new Map(), deregistered: new Map() };
    regions.set(scope.region, found);
  }
  return found;
}

export const permissionKey = (permission: LaunchPermission): string =>
  'Group' in permission
    ? `group/${permission.Group}`
    : 'UserId' in permission
      ? `user/${permission.UserId}`
      : 'OrganizationArn' in permission
        ? `organization/${permission.OrganizationArn}`
        : `unit/${permission.OrganizationalUnitArn}`;

/** Amazon's images name their root device so. */
export const rootDeviceName = '/dev/xvda';
