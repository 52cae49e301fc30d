import type * as client from '@aws-sdk/client-ec2';
import { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  notModelled,
  refuseDryRun,
} from './errors.ts';
import { checkImageId } from './images.ts';
import { checkedPageSize } from './page-size.ts';
import { ec2State, type LaunchTemplate } from './state.ts';

const imagesPerCallMax = 10; // EC2 API Reference, DescribeImageReferences, ImageIds
const versionDepthDefault = 10; // EC2 API Reference, ResourceTypeOption, version-depth
const versionDepthMax = 10_000; // the same
const pageSizeMax = 1_000; // EC2 API Reference, "Pagination"

// EC2 API Reference, ResourceTypeOption, state-name
const stateNames = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'];

interface Wanted {
  /** Undefined when instances are not asked for; without names all states count. */
  readonly instanceStates: readonly string[] | undefined;
  /** Undefined when launch templates are not asked for. */
  readonly versionDepth: number | undefined;
}

/** What of the calling account and Region refers to an image, also to one that is somebody else's or gone. */
export const describeImageReferences = operation<
  client.DescribeImageReferencesCommandInput,
  Partial<client.DescribeImageReferencesCommandOutput>
>({
  // DescribeImageReferences has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeImageReferences', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const ids = input.ImageIds ?? [];
    if (ids.length === 0) throw missingParameter('ImageIds');
    if (ids.length > imagesPerCallMax)
      throw invalidValue(`at most ${imagesPerCallMax} images can be asked for`);
    for (const id of ids) checkImageId(id);
    const wanted = readWanted(input);
    requireScanRights(call, wanted);
    const page = paginate(
      call,
      ids.flatMap((id) => referencesTo(call, id, wanted)),
      {
        keyOf: ({ ImageId = '', ResourceType = '', Arn = '' }) =>
          `${ImageId}/${ResourceType}/${Arn}`,
        token: input.NextToken,
        size: checkedPageSize(input.MaxResults),
        sizeMax: pageSizeMax,
        invalidToken: 'InvalidNextToken',
      },
    );
    return { ImageReferences: [...page.items], NextToken: page.nextToken };
  },
});

/**
 * What is scanned is read with the caller's own rights.
 *
 * Source: EC2 User Guide, "Identify your resources referencing specified AMIs", "Required IAM permissions".
 */
function requireScanRights(call: Call, wanted: Wanted): void {
  const scan = new Call({
    world: call.world,
    account: call.account,
    region: call.region,
    service: 'ec2',
    caller: call.caller,
    requestId: call.requestId,
    operationName: call.operationName,
    via: [...call.via, 'ec2-images.amazonaws.com'],
  });
  const actions = [
    ...(wanted.instanceStates === undefined ? [] : ['ec2:DescribeInstances']),
    ...(wanted.versionDepth === undefined
      ? []
      : ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions']),
  ];
  for (const action of actions) scan.require({ action, resource: '*' });
}

/** Parameters and recipes are not looked at, so whoever asks for everything is refused instead of told half of it. */
function readWanted(input: client.DescribeImageReferencesCommandInput): Wanted {
  if (input.IncludeAllResourceTypes === true)
    throw notModelled('IncludeAllResourceTypes of DescribeImageReferences');
  const types = input.ResourceTypes ?? [];
  if (types.length === 0) throw missingParameter('ResourceTypes or IncludeAllResourceTypes');
  let wanted: Wanted = { instanceStates: undefined, versionDepth: undefined };
  for (const { ResourceType: type = '', ResourceTypeOptions: options = [] } of types)
    switch (type) {
      case 'ec2:Instance':
        wanted = { ...wanted, instanceStates: readStates(options) };
        break;
      case 'ec2:LaunchTemplate':
        wanted = { ...wanted, versionDepth: readDepth(options) };
        break;
      case 'ssm:Parameter':
      case 'imagebuilder:ImageRecipe':
      case 'imagebuilder:ContainerRecipe':
        throw notModelled(`the resource type ${type} of DescribeImageReferences`);
      default:
        throw invalidValue(`Invalid resource type: '${type}'`);
    }
  return wanted;
}

function valuesOf(
  options: readonly client.ResourceTypeOption[],
  optionName: string,
): readonly string[] {
  for (const { OptionName: name } of options)
    if (name !== optionName)
      throw invalidCombination(`The option ${name ?? ''} does not belong to the resource type`);
  return options.flatMap(({ OptionValues }) => OptionValues ?? []);
}

function readStates(options: readonly client.ResourceTypeOption[]): readonly string[] {
  const states = valuesOf(options, 'state-name');
  for (const state of states)
    if (!stateNames.includes(state)) throw invalidValue(`Invalid state-name: '${state}'`);
  return states.length > 0 ? states : stateNames;
}

function readDepth(options: readonly client.ResourceTypeOption[]): number {
  const [text, ...others] = valuesOf(options, 'version-depth');
  if (text === undefined) return versionDepthDefault;
  const depth = Number(text);
  if (others.length > 0 || !Number.isInteger(depth) || depth < 1 || depth > versionDepthMax)
    throw invalidValue(`version-depth is one number from 1 to ${versionDepthMax}`);
  return depth;
}

function referencesTo(call: Call, imageId: string, wanted: Wanted): client.ImageReference[] {
  const { instances, launchTemplates } = ec2State.in(call);
  const states = wanted.instanceStates;
  const depth = wanted.versionDepth;
  return [
    ...(states === undefined
      ? []
      : [...instances.values()]
          .filter((instance) => instance.imageId === imageId && states.includes(instance.state))
          .map(({ id }) => ({
            ImageId: imageId,
            ResourceType: 'ec2:Instance' as const,
            Arn: ec2Arn(call, 'instance', id),
          }))),
    ...(depth === undefined
      ? []
      : [...launchTemplates.values()]
          .filter((template) => newestVersions(template, depth).includes(imageId))
          .map(({ id }) => ({
            ImageId: imageId,
            ResourceType: 'ec2:LaunchTemplate' as const,
            Arn: ec2Arn(call, 'launch-template', id),
          }))),
  ];
}

/** The images of a template's newest versions. */
const newestVersions = (template: LaunchTemplate, depth: number): (string | undefined)[] =>
  [...template.versions.values()]
    .sort((a, b) => b.number - a.number)
    .slice(0, depth)
    .map(({ data }) => data.ImageId);
