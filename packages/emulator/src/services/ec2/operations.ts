import * as client from '@aws-sdk/client-ec2';
import { readServiceModel } from '../../wire/model.ts';
import type { ServiceDefinition } from '../../world/service.ts';
import * as allowedImages from './allowed-images-settings.ts';
import { copyImage } from './copy-image.ts';
import { createImage } from './create-image.ts';
import { describeImageReferences } from './describe-image-references.ts';
import { describeImages } from './describe-images.ts';
import { describeInstances, terminateInstances } from './describe-instances.ts';
import { describeInstanceStatus } from './describe-instance-status.ts';
import {
  describeLaunchTemplateVersions,
  describeLaunchTemplates,
} from './describe-launch-templates.ts';
import { describeSecurityGroups, describeSubnets, describeVpcs } from './describe-vpc.ts';
import * as ebs from './ebs-defaults.ts';
import {
  describeImageAttribute,
  modifyImageAttribute,
  resetImageAttribute,
} from './image-attributes.ts';
import * as lifecycle from './image-lifecycle.ts';
import * as keyPairs from './key-pairs.ts';
import * as templates from './launch-template-operations.ts';
import { createLaunchTemplateVersion } from './launch-template-versions.ts';
import { describeAvailabilityZones, describeRegions } from './regions.ts';
import { ec2Throttle } from './request-rates.ts';
import { ec2Resources } from './resources.ts';
import { runInstances } from './run-instances.ts';
import * as snapshots from './snapshots.ts';
import { createTags, deleteTags, describeTags } from './tag-operations.ts';
import * as vpc from './vpc.ts';
import { refuseInput } from './refuse-input.ts';
import constraints from './constraints.json' with { type: 'json' };

export const ec2: ServiceDefinition = {
  name: 'ec2',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'UnauthorizedOperation', status: 403 },
  validationError: 'InvalidParameterValue',
  refuseInput,
  operations: {
    CopyImage: copyImage,
    CreateDefaultVpc: vpc.createDefaultVpc,
    CreateImage: createImage,
    CreateLaunchTemplate: templates.createLaunchTemplate,
    CreateLaunchTemplateVersion: createLaunchTemplateVersion,
    CreateSecurityGroup: vpc.createSecurityGroup,
    CreateSubnet: vpc.createSubnet,
    CreateTags: createTags,
    CreateVpc: vpc.createVpc,
    DeleteKeyPair: keyPairs.deleteKeyPair,
    DeleteLaunchTemplate: templates.deleteLaunchTemplate,
    DeleteLaunchTemplateVersions: templates.deleteLaunchTemplateVersions,
    DeleteSnapshot: snapshots.deleteSnapshot,
    DeleteTags: deleteTags,
    DeregisterImage: lifecycle.deregisterImage,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeImageAttribute: describeImageAttribute,
    DescribeImageReferences: describeImageReferences,
    DescribeImages: describeImages,
    DescribeInstanceStatus: describeInstanceStatus,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: keyPairs.describeKeyPairs,
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
    DescribeLaunchTemplates: describeLaunchTemplates,
    DescribeRegions: describeRegions,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSnapshotAttribute: snapshots.describeSnapshotAttribute,
    DescribeSnapshots: snapshots.describeSnapshots,
    DescribeSubnets: describeSubnets,
    DescribeTags: describeTags,
    DescribeVpcs: describeVpcs,
    DisableAllowedImagesSettings: allowedImages.disableAllowedImagesSettings,
    DisableEbsEncryptionByDefault: ebs.disableEbsEncryptionByDefault,
    DisableImage: lifecycle.disableImage,
    DisableImageDeprecation: lifecycle.disableImageDeprecation,
    DisableImageDeregistrationProtection: lifecycle.disableImageDeregistrationProtection,
    EnableAllowedImagesSettings: allowedImages.enableAllowedImagesSettings,
    EnableEbsEncryptionByDefault: ebs.enableEbsEncryptionByDefault,
    EnableImage: lifecycle.enableImage,
    EnableImageDeprecation: lifecycle.enableImageDeprecation,
    EnableImageDeregistrationProtection: lifecycle.enableImageDeregistrationProtection,
    GetAllowedImagesSettings: allowedImages.getAllowedImagesSettings,
    GetEbsDefaultKmsKeyId: ebs.getEbsDefaultKmsKeyId,
    GetEbsEncryptionByDefault: ebs.getEbsEncryptionByDefault,
    ImportKeyPair: keyPairs.importKeyPair,
    ModifyEbsDefaultKmsKeyId: ebs.modifyEbsDefaultKmsKeyId,
    ModifyImageAttribute: modifyImageAttribute,
    ModifyLaunchTemplate: templates.modifyLaunchTemplate,
    ModifySnapshotAttribute: snapshots.modifySnapshotAttribute,
    ReplaceImageCriteriaInAllowedImagesSettings: allowedImages.replaceImageCriteria,
    ResetEbsDefaultKmsKeyId: ebs.resetEbsDefaultKmsKeyId,
    ResetImageAttribute: resetImageAttribute,
    RunInstances: runInstances,
    TerminateInstances: terminateInstances,
  },
  throttle: ec2Throttle,
  resources: ec2Resources,
};
