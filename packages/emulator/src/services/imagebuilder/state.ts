import type * as client from '@aws-sdk/client-imagebuilder';
import { defineState } from '../../world/state.ts';
import type { ComponentDocument } from './component-document.ts';

export type Tags = Map<string, string>;

/** One build version of a component. */
export interface StoredComponent {
  readonly arn: string;
  /** As it was given; ARNs carry the normalized one. */
  readonly name: string;
  readonly version: string;
  readonly build: number;
  readonly owner: string;
  readonly platform: client.Platform;
  readonly description: string | undefined;
  readonly changeDescription: string | undefined;
  readonly supportedOsVersions: readonly string[] | undefined;
  readonly kmsKeyId: string | undefined;
  readonly data: string;
  readonly document: ComponentDocument;
  readonly createdAt: Date;
  readonly tags: Tags;
}

export interface StoredRecipe {
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  readonly owner: string;
  readonly platform: client.Platform;
  readonly description: string | undefined;
  readonly parentImage: string;
  readonly components: readonly client.ComponentConfiguration[];
  readonly blockDeviceMappings: readonly client.InstanceBlockDeviceMapping[] | undefined;
  readonly workingDirectory: string;
  readonly amiTags: Readonly<Record<string, string>> | undefined;
  readonly additionalInstanceConfiguration: client.AdditionalInstanceConfiguration | undefined;
  readonly createdAt: Date;
  readonly tags: Tags;
}

/** Settings of an infrastructure configuration that a change replaces as a whole. */
export interface InfrastructureSettings {
  readonly description: string | undefined;
  readonly instanceTypes: readonly string[] | undefined;
  readonly instanceProfileName: string;
  readonly securityGroupIds: readonly string[] | undefined;
  readonly subnetId: string | undefined;
  readonly logging: client.Logging | undefined;
  readonly keyPair: string | undefined;
  readonly terminateInstanceOnFailure: boolean;
  readonly snsTopicArn: string | undefined;
  readonly resourceTags: Readonly<Record<string, string>> | undefined;
  readonly instanceMetadataOptions: client.InstanceMetadataOptions | undefined;
  readonly placement: client.Placement | undefined;
}

export interface StoredInfrastructure {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  settings: InfrastructureSettings;
  readonly tags: Tags;
}

export interface StoredDistribution {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  description: string | undefined;
  distributions: readonly client.Distribution[];
  readonly tags: Tags;
}

export interface PipelineSettings {
  readonly description: string | undefined;
  /** As it was given, wildcards included. */
  readonly imageRecipeArn: string;
  readonly infrastructureConfigurationArn: string;
  readonly distributionConfigurationArn: string | undefined;
  readonly imageTestsConfiguration: client.ImageTestsConfiguration;
  readonly enhancedImageMetadataEnabled: boolean;
  readonly status: client.PipelineStatus;
  readonly imageTags: Readonly<Record<string, string>> | undefined;
  readonly executionRole: string | undefined;
  readonly loggingConfiguration: client.PipelineLoggingConfiguration | undefined;
}

export interface StoredPipeline {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  settings: PipelineSettings;
  lastRunAt: Date | undefined;
  lastRunImageArn: string | undefined;
  readonly tags: Tags;
}

/** Why an image failed, in the parts that AWS's `failureContext` names. */
export interface FailureContext {
  readonly imageStatus: client.ImageStatus;
  readonly componentFailure?: {
    readonly componentArn: string;
    readonly phaseName: string;
    readonly stepName: string;
    readonly action: string;
    readonly errorMessage: string;
  };
  readonly distributionFailure?: { readonly errorMessage: string };
}

/** One build of an image: its settings as of the start, and how far it has come. */
export interface StoredImage {
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  readonly build: number;
  readonly owner: string;
  readonly createdAt: Date;
  readonly recipe: StoredRecipe;
  readonly infrastructure: {
    readonly arn: string;
    readonly name: string;
    readonly createdAt: Date;
    readonly tags: Tags;
    readonly settings: InfrastructureSettings;
  };
  readonly distribution:
    | {
        readonly arn: string;
        readonly name: string;
        readonly createdAt: Date;
        readonly tags: Tags;
        readonly distributions: readonly client.Distribution[];
      }
    | undefined;
  readonly pipeline: { readonly arn: string; readonly name: string } | undefined;
  readonly tests: { readonly imageTestsEnabled: boolean; readonly timeoutMinutes: number };
  readonly enhancedImageMetadataEnabled: boolean;
  readonly executionRole: string | undefined;
  readonly logGroupName: string | undefined;
  readonly buildType: client.BuildType;
  readonly tags: Tags;
  status: client.ImageStatus;
  reason: string | undefined;
  failure: FailureContext | undefined;
  amis: client.Ami[];
  osVersion: string | undefined;
  /** Somebody cancelled it; the execution stops at its next step. */
  cancelRequested: boolean;
  /** Ids that notifications carry, as far as the image has come. */
  readonly jobIds: Map<'build' | 'test' | 'distribution' | 'integration', string>;
}

interface TokenAnswer {
  readonly request: string;
  readonly answer: object;
}

/** All by ARN. */
export const imageBuilderState = defineState('imagebuilder', 'regional', () => ({
  components: new Map<string, StoredComponent>(),
  recipes: new Map<string, StoredRecipe>(),
  infrastructures: new Map<string, StoredInfrastructure>(),
  distributions: new Map<string, StoredDistribution>(),
  pipelines: new Map<string, StoredPipeline>(),
  images: new Map<string, StoredImage>(),
  /** Build numbers are never used twice, also when an image was deleted. By versionless name and version. */
  buildCounts: new Map<string, number>(),
  /** Answers by operation and client token. */
  tokens: new Map<string, TokenAnswer>(),
}));
