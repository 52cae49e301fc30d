import type { TemplateVersion, VisibleImage } from '@golden/shared/model/group.ts';
import type { Block } from '@golden/shared/payload/workload-response.ts';

/**
 * Why a template that launches one image cannot launch another; undefined when it can. The image that it launches now
 * has to be there, because it is the way back.
 */
export const checkFit = (
  source: TemplateVersion,
  images: { current: VisibleImage | undefined; next: VisibleImage },
): Block | undefined => {
  const { current, next } = images;
  const where = { template: source.templateId, version: source.version };
  const state = current?.state ?? 'gone or not shared';
  if (!current || state !== 'available')
    return { reason: 'last-good-not-launchable', ...where, ami: source.image, state };
  const differs = <R extends Block['reason']>(reason: R, now: string, then: string) =>
    now === then ? undefined : { reason, ...where, current: now, next: then };
  const rootGib = source.volumeGib[next.rootDeviceName];
  return (
    differs('architecture', current.architecture, next.architecture) ??
    // One that prefers UEFI boots on any instance type. Source: EC2 User Guide, "Boot modes".
    (next.bootMode === 'uefi-preferred'
      ? undefined
      : differs('boot-mode', current.bootMode, next.bootMode)) ??
    differs('root-device', current.rootDeviceName, next.rootDeviceName) ??
    (rootGib !== undefined && rootGib < next.rootVolumeGib
      ? { reason: 'root-volume-size', ...where, current: rootGib, next: next.rootVolumeGib }
      : undefined)
  );
};
