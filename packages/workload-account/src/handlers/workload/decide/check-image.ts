import type { VisibleImage } from '@golden/shared/model/group.ts';
import type { NamedImage } from '@golden/shared/payload/workload-request.ts';
import type { Block } from '@golden/shared/payload/workload-response.ts';

/** Why a named image is not launched here; undefined when it may be. An image is never looked for, only checked. */
export const checkImage = (
  { ami, region }: NamedImage,
  image: VisibleImage | undefined,
  here: { region: string; infraAccount: string; imagePrefix: string },
): Block | undefined => {
  const wanted = here.infraAccount;
  if (region !== here.region)
    return { reason: 'image-wrong-region', ami, region, here: here.region };
  if (!image) return { reason: 'image-not-visible', ami, region, owner: wanted };
  const { owner, name, state } = image;
  if (owner !== wanted) return { reason: 'image-foreign-owner', ami, owner, wanted };
  if (!name.startsWith(here.imagePrefix))
    return { reason: 'image-other-name', ami, name, prefix: here.imagePrefix };
  return state === 'available' ? undefined : { reason: 'image-not-available', ami, state };
};
