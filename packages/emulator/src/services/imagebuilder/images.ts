import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { listCheck, resourceCheck } from './access.ts';
import { latestReferences, requireArn, type ParsedArn } from './arns.ts';
import { once } from './client-token.ts';
import { invalidRequest, notFound, notModelled } from './errors.ts';
import { describeImage, imageSummary } from './image-description.ts';
import { filterItems, listPage } from './listing.ts';
import { imageBuilderState, type StoredImage } from './state.ts';
import { highestVersion, matchesVersion } from './versions.ts';

/** No execution changes an image in one of these states any more. */
export const isFinal = ({ status }: { status: client.ImageStatus }): boolean =>
  !['PENDING', 'CREATING', 'BUILDING', 'TESTING', 'DISTRIBUTING', 'INTEGRATING'].includes(status);

/**
 * The image that an ARN means now: wildcards take the highest version, a version without a build the latest build.
 *
 * @param counts leaves images out, e.g. those that cannot be built on
 */
export function findBuild(
  scope: Scope,
  arn: ParsedArn,
  counts: (image: StoredImage) => boolean = () => true,
): StoredImage | undefined {
  const prefix = `arn:aws:imagebuilder:${arn.region}:${arn.owner}:image/${arn.name}/`;
  const named = [...imageBuilderState.in(scope).images.values()].filter(
    (image) => image.arn.startsWith(prefix) && counts(image),
  );
  const version =
    arn.pattern &&
    highestVersion(
      named.map((image) => image.version),
      arn.pattern,
    );
  return named
    .filter(
      (image) =>
        image.version === version && (arn.build === undefined || image.build === arn.build),
    )
    .toSorted((a, b) => a.build - b.build)
    .at(-1);
}

function requireImage(call: Call, arn: string | undefined): StoredImage {
  const image = findBuild(call, requireArn('imageBuildVersionArn', arn, 'image'));
  if (!image) throw notFound('image', arn ?? '');
  return image;
}

export const getImage = operation<
  client.GetImageCommandInput,
  Partial<client.GetImageCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'GetImage', input.imageBuildVersionArn),
  run(input, call) {
    const image = requireImage(call, input.imageBuildVersionArn);
    return {
      requestId: call.requestId,
      image: describeImage(image),
      latestVersionReferences: latestReferences(image.arn),
    };
  },
});

export const listImages = operation<
  client.ListImagesCommandInput,
  Partial<client.ListImagesCommandOutput>
>({
  authorize: () => listCheck('ListImages'),
  run(input, call) {
    if (input.byName === true) throw notModelled('the parameter byName');
    const owned =
      (input.owner ?? 'Self') === 'Self' ? [...imageBuilderState.in(call).images.values()] : [];
    const versions = new Map(
      owned.map((image) => [image.arn.slice(0, image.arn.lastIndexOf('/')), image]),
    );
    const found = filterItems([...versions], input.filters, {
      name: ([, { name }]) => [name],
      version: ([, { version }]) => [version],
      platform: () => ['Linux'],
      osVersion: ([, { osVersion }]) => [osVersion],
      type: () => ['AMI'],
    });
    const page = listPage(call, input, found, ([arn]) => arn);
    return {
      requestId: call.requestId,
      imageVersionList: page.items.map(([arn, image]) => ({
        arn,
        name: image.name,
        type: 'AMI' as const,
        version: image.version,
        platform: 'Linux' as const,
        osVersion: image.osVersion,
        owner: image.owner,
        dateCreated: image.createdAt.toISOString(),
        buildType: image.buildType,
        imageSource: 'CUSTOM' as const,
      })),
      nextToken: page.nextToken,
    };
  },
});

export const listImageBuildVersions = operation<
  client.ListImageBuildVersionsCommandInput,
  Partial<client.ListImageBuildVersionsCommandOutput>
>({
  authorize: (input, call) =>
    input.imageVersionArn === undefined
      ? listCheck('ListImageBuildVersions')
      : resourceCheck(call, 'ListImageBuildVersions', input.imageVersionArn),
  run(input, call) {
    const arn =
      input.imageVersionArn === undefined
        ? undefined
        : requireArn('imageVersionArn', input.imageVersionArn, 'image');
    const { pattern } = arn ?? {};
    const named = [...imageBuilderState.in(call).images.values()].filter(
      (image) =>
        arn === undefined ||
        (image.arn.includes(`:image/${arn.name}/`) &&
          pattern !== undefined &&
          matchesVersion(pattern, image.version)),
    );
    const found = filterItems(named, input.filters, {
      name: ({ name }) => [name],
      version: ({ version }) => [version],
      osVersion: ({ osVersion }) => [osVersion],
      type: () => ['AMI'],
    });
    const page = listPage(call, input, found, (image) => image.arn);
    return {
      requestId: call.requestId,
      imageSummaryList: page.items.map(imageSummary),
      nextToken: page.nextToken,
    };
  },
});

/** The record goes; AMIs and snapshots that it made stay. Source: Image Builder API Reference, DeleteImage. */
export const deleteImage = operation<
  client.DeleteImageCommandInput,
  Partial<client.DeleteImageCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'DeleteImage', input.imageBuildVersionArn),
  run(input, call) {
    const arn = input.imageBuildVersionArn ?? '';
    requireArn('imageBuildVersionArn', arn, 'image');
    const { images } = imageBuilderState.in(call);
    const image = images.get(arn);
    if (!image) throw notFound('image', arn);
    if (!isFinal(image))
      throw invalidRequest(`The image '${arn}' cannot be deleted while it is ${image.status}.`);
    images.delete(arn);
    return { requestId: call.requestId, imageBuildVersionArn: arn };
  },
});

export const cancelImageCreation = operation<
  client.CancelImageCreationCommandInput,
  Partial<client.CancelImageCreationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'CancelImageCreation', input.imageBuildVersionArn),
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const arn = input.imageBuildVersionArn ?? '';
      requireArn('imageBuildVersionArn', arn, 'image');
      const image = imageBuilderState.in(call).images.get(arn);
      if (!image) throw notFound('image', arn);
      if (isFinal(image) || image.cancelRequested)
        throw invalidRequest(
          `The image '${arn}' cannot be cancelled: it is ${image.cancelRequested ? 'being cancelled' : image.status}.`,
        );
      image.cancelRequested = true;
      return { requestId: call.requestId, clientToken, imageBuildVersionArn: arn };
    }),
});
