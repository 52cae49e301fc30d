import { DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { requireArn } from './arns.ts';
import { roleOf, type Build } from './build-context.ts';
import { findBuild } from './images.ts';

/**
 * The AMI that a recipe's parent image means now, as the build's role sees it.
 *
 * @throws AwsError when it is not there or the role may not look
 * @throws Error when what is there is no AMI
 */
export async function resolveParent(build: Build): Promise<Image> {
  const imageId = await parentId(build);
  const { Images } = await build.scope.send(new DescribeImagesCommand({ ImageIds: [imageId] }), {
    as: roleOf(build),
  });
  const [found] = Images ?? [];
  if (found?.State !== 'available')
    throw new ParentUnusable(
      `The parent image ${imageId} is not available: ${found?.State ?? 'not found'}`,
    );
  return found;
}

/** What a parent image means is no AMI that can be built on. */
export class ParentUnusable extends Error {
  override readonly name = 'ParentUnusable';
}

async function parentId(build: Build): Promise<string> {
  const { parentImage } = build.image.recipe;
  if (parentImage.startsWith('ami-')) return parentImage;
  if (parentImage.startsWith('ssm:'))
    return parameterValue(build, parentImage.slice('ssm:'.length));
  const { owner } = requireArn('parentImage', parentImage, 'image');
  if (owner === 'aws')
    throw new ParentUnusable(
      `Amazon's managed images (${parentImage}) are not modelled by this emulator`,
    );
  const parent = findBuild(
    build.scope,
    requireArn('parentImage', parentImage, 'image'),
    ({ status }) => status === 'AVAILABLE',
  );
  const ami = parent?.amis.find(({ region }) => region === build.scope.region)?.image;
  if (ami === undefined)
    throw new ParentUnusable(`The image ${parentImage} has no AMI in ${build.scope.region}`);
  return ami;
}

/** Image Builder's own role reads public parameters and those below /imagebuilder/; others need an execution role. */
async function parameterValue(build: Build, name: string): Promise<string> {
  const { Parameter } = await build.scope.send(new GetParameterCommand({ Name: name }), {
    as: roleOf(build),
  });
  const value = Parameter?.Value ?? '';
  if (!/^ami-[0-9a-f]+$/.test(value))
    throw new ParentUnusable(`The value of parameter ${name} is not an AMI id: ${value}`);
  return value;
}
