import { groupTags } from '@golden/shared/model/group.ts';
import type {
  TemplateReference,
  TemplateVersion,
  VisibleImage,
} from '@golden/shared/model/group.ts';
import {
  formatBefore,
  formatLastGood,
  goodVersionsMax,
  parseLastGood,
} from '@golden/shared/model/last-good.ts';
import type { GoodVersion } from '@golden/shared/model/last-good.ts';
import type { Block, Warning } from '@golden/shared/payload/workload-response.ts';
import { checkFit } from './check-fit.ts';
import { activeRefresh, isOnImage, resolveVersion, runningVersions } from './facts.ts';
import type { GroupFacts } from './facts.ts';

/** What holds for all groups of the target. */
export interface Surroundings {
  line: string;
  /** Groups of any other launch template are left alone; empty: any. */
  templateId: string;
  allowsUnreleased: boolean;
  image: VisibleImage;
  /** The images that groups launch now, as far as they are visible. */
  images: readonly VisibleImage[];
  /** What keeps every group from being moved, such as an alarm. */
  block: Block | undefined;
}

/** A group that can be moved, and from where. */
export interface Ready {
  kind: 'ready';
  /** One for each launch template, the main one first: what the new versions are copied from. */
  sources: readonly GoodVersion[];
  /**
   * The numbers that the group has to be saved on first: AWS rolls back to what is saved, and never to an alias.
   * Undefined: it is saved on the way back already.
   */
  pinTo: readonly GoodVersion[] | undefined;
  /** The value of the tag; undefined: it stays as it is. */
  lastGood: string | undefined;
  /** The value of the tag that keeps the record of the move before; undefined: it stays as it is. */
  before: string | undefined;
  warnings: readonly Warning[];
}

/** What becomes of a group whose refresh is not of this rollout. */
export type Assessment = { kind: 'blocked'; block: Block } | { kind: 'up-to-date' } | Ready;

const blocked = (block: Block): Assessment => ({ kind: 'blocked', block });

/** Processes without which no instance is replaced. Source: EC2 Auto Scaling User Guide, "Suspend processes". */
const neededProcesses = ['Launch', 'Terminate', 'InstanceRefresh'];

/** Decides whether a group can be moved to the image, and from where. It changes nothing and asks nobody. */
export const assessGroup = (facts: GroupFacts, around: Surroundings): Assessment => {
  const { group } = facts;
  const unmovable = checkEnrolment(facts, around) ?? checkLaunch(facts);
  if (unmovable) return blocked(unmovable);
  const active = activeRefresh(facts);
  if (active)
    return blocked({ reason: 'refresh-in-progress', refresh: active.id, status: active.status });
  if (isOnImage(facts, around.image.ami)) return { kind: 'up-to-date' };
  if (around.block) return blocked(around.block);
  const suspended = neededProcesses.filter((name) => group.suspendedProcesses.includes(name));
  return suspended.length > 0
    ? blocked({ reason: 'suspended-processes', processes: suspended.join(', ') })
    : assessVersions(facts, around);
};

const checkEnrolment = ({ group }: GroupFacts, around: Surroundings): Block | undefined => {
  const line = group.tags[groupTags.line] ?? around.line;
  const template = group.templates[0]?.templateId ?? '';
  if (line !== around.line) return { reason: 'enrolled-in-other-line', line };
  if (group.isBeingDeleted) return { reason: 'being-deleted' };
  return around.templateId === '' || template === around.templateId || template === ''
    ? undefined
    : { reason: 'other-template', template, wanted: around.templateId };
};

/** Whether the group can be moved by a version at all. */
const checkLaunch = (facts: GroupFacts): Block | undefined => {
  const { launch, templates } = facts.group;
  if (launch !== 'templates') return { reason: launch };
  if (templates.length > goodVersionsMax)
    return { reason: 'too-many-templates', count: templates.length, max: goodVersionsMax };
  for (const reference of templates) {
    const { templateId: template, version } = reference;
    const found = resolveVersion(facts, reference);
    if (!found) return { reason: 'template-not-found', template, version };
    if (found.hasRequirements) return { reason: 'attribute-based-selection' };
    const { image } = found;
    if (image.startsWith('resolve:')) return { reason: 'ssm-alias', template, version, image };
  }
  return undefined;
};

const assessVersions = (facts: GroupFacts, around: Surroundings): Assessment => {
  const { tags, templates } = facts.group;
  const { ami } = around.image;
  const sources: GoodVersion[] = [];
  const warnings: Warning[] = [];
  for (const reference of templates) {
    const source = sourceOf(facts, reference);
    if ('reason' in source) return blocked(source);
    if (source.unreleased) {
      if (!around.allowsUnreleased) return blocked(source.unreleased);
      warnings.push(source.unreleased);
    }
    const { templateId, version, image } = source.from;
    const unfit = checkFit(source.from, {
      current: around.images.find((candidate) => candidate.ami === image),
      next: around.image,
    });
    if (unfit) return blocked(unfit);
    sources.push({ templateId, version, ami: image });
  }
  const stack = tags['aws:cloudformation:stack-name'];
  if (stack !== undefined) warnings.push({ reason: 'stack-managed', stack });
  const before = recordBefore(tags, sources[0]);
  const ready = { kind: 'ready', sources, before, warnings } as const;
  if (!sources.some((source) => source.ami === ami)) {
    const isAlias = templates.some(({ version }) => version.startsWith('$'));
    return { ...ready, pinTo: isAlias ? sources : undefined, lastGood: formatLastGood(sources) };
  }
  // A version that launches the image of this rollout is no way back from it.
  const pinTo = recordedWayBack(facts, around);
  return pinTo
    ? { ...ready, pinTo, lastGood: undefined }
    : blocked({ reason: 'no-last-good', ami });
};

/**
 * The record of the move before, which would be overwritten. Where the group stands on what it records as last good, that move
 * was undone, and the one before it still counts.
 */
const recordBefore = (
  tags: Readonly<Record<string, string>>,
  main: GoodVersion | undefined,
): string | undefined => {
  const { [groupTags.rollout]: rolloutId, [groupTags.lastGood]: lastGood } = tags;
  const recorded = parseLastGood(lastGood)?.[0];
  const isUndone = recorded?.templateId === main?.templateId && recorded?.version === main?.version;
  return rolloutId && lastGood && recorded && !isUndone
    ? formatBefore(rolloutId, lastGood)
    : undefined;
};

/** The numbered version that a template of the group is copied from: what its instances run. */
const sourceOf = (
  facts: GroupFacts,
  reference: TemplateReference,
):
  | {
      from: TemplateVersion;
      unreleased?: Block & Warning & { reason: 'unreleased-template-change' };
    }
  | Block => {
  const { templateId: template, version: saved } = reference;
  const latest = resolveVersion(facts, reference);
  const running = runningVersions(facts, template);
  if (!latest) return { reason: 'template-not-found', template, version: saved };
  if (!saved.startsWith('$')) return { from: latest };
  if (running.length > 1) {
    const versions = [...running].sort((a, b) => a - b).join(', ');
    return { reason: 'instances-on-several-versions', template, saved, versions };
  }
  const number = running[0] ?? latest.version;
  if (number === latest.version) return { from: latest };
  const from = resolveVersion(facts, { templateId: template, version: number });
  return from
    ? {
        from,
        unreleased: {
          reason: 'unreleased-template-change',
          template,
          saved,
          latest: latest.version,
          running: number,
        },
      }
    : { reason: 'template-not-found', template, version: number };
};

/** What the tag records, if it fits the group's templates and can be launched. */
const recordedWayBack = (
  { group }: GroupFacts,
  { image, images }: Surroundings,
): readonly GoodVersion[] | undefined => {
  const recorded = parseLastGood(group.tags[groupTags.lastGood]);
  const fits =
    recorded?.length === group.templates.length &&
    recorded.every(
      ({ templateId, ami }, index) =>
        templateId === group.templates[index]?.templateId &&
        ami !== image.ami &&
        images.some((candidate) => candidate.ami === ami && candidate.state === 'available'),
    );
  return fits ? recorded : undefined;
};
