import type { ServiceDefinition } from '../../world/service.ts';
import * as components from './components.ts';
import * as distributions from './distribution-configurations.ts';
import * as images from './images.ts';
import * as infrastructures from './infrastructure-configurations.ts';
import { imageBuilderModel } from './model.ts';
import * as pipelines from './pipelines.ts';
import * as recipes from './recipes.ts';
import { imageBuilderResources } from './resources.ts';
import { createImage, startImagePipelineExecution } from './start-execution.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { refuseInput } from './refuse-input.ts';

export const imagebuilder: ServiceDefinition = {
  name: 'imagebuilder',
  model: imageBuilderModel,
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 403 },
  validationError: 'InvalidRequestException',
  refuseInput,
  resources: imageBuilderResources,
  operations: {
    CancelImageCreation: images.cancelImageCreation,
    CreateComponent: components.createComponent,
    CreateDistributionConfiguration: distributions.createDistributionConfiguration,
    CreateImage: createImage,
    CreateImagePipeline: pipelines.createImagePipeline,
    CreateImageRecipe: recipes.createImageRecipe,
    CreateInfrastructureConfiguration: infrastructures.createInfrastructureConfiguration,
    DeleteComponent: components.deleteComponent,
    DeleteDistributionConfiguration: distributions.deleteDistributionConfiguration,
    DeleteImage: images.deleteImage,
    DeleteImagePipeline: pipelines.deleteImagePipeline,
    DeleteImageRecipe: recipes.deleteImageRecipe,
    DeleteInfrastructureConfiguration: infrastructures.deleteInfrastructureConfiguration,
    GetComponent: components.getComponent,
    GetDistributionConfiguration: distributions.getDistributionConfiguration,
    GetImage: images.getImage,
    GetImagePipeline: pipelines.getImagePipeline,
    GetImageRecipe: recipes.getImageRecipe,
    GetInfrastructureConfiguration: infrastructures.getInfrastructureConfiguration,
    ListComponentBuildVersions: components.listComponentBuildVersions,
    ListComponents: components.listComponents,
    ListDistributionConfigurations: distributions.listDistributionConfigurations,
    ListImageBuildVersions: images.listImageBuildVersions,
    ListImagePipelineImages: pipelines.listImagePipelineImages,
    ListImagePipelines: pipelines.listImagePipelines,
    ListImageRecipes: recipes.listImageRecipes,
    ListImages: images.listImages,
    ListInfrastructureConfigurations: infrastructures.listInfrastructureConfigurations,
    ListTagsForResource: listTagsForResource,
    StartImagePipelineExecution: startImagePipelineExecution,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateDistributionConfiguration: distributions.updateDistributionConfiguration,
    UpdateImagePipeline: pipelines.updateImagePipeline,
    UpdateInfrastructureConfiguration: infrastructures.updateInfrastructureConfiguration,
  },
};
