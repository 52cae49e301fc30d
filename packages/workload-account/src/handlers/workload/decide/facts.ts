import { isActive } from '@golden/shared/model/group.ts';
import type { Group, InstanceRefresh, TemplateVersion } from '@golden/shared/model/group.ts';
import { isMadeBy } from '@golden/shared/model/rollout-marker.ts';

/** Everything known of one group when something is decided about it. */
export interface GroupFacts {
  group: Group;
  /** Newest first. */
  refreshes: readonly InstanceRefresh[];
  /** Every version from the lowest that matters up to the latest, of each template of the group. */
  versions: readonly TemplateVersion[];
}

/** The rollout that a request is about. */
export interface Rollout {
  rolloutId: string;
  ami: string;
}

/** What `$Latest`, `$Default` or a number means now; undefined when there is no such version. */
export const resolveVersion = (
  { versions }: Pick<GroupFacts, 'versions'>,
  reference: { templateId: string; version: string | number } | undefined,
): TemplateVersion | undefined => {
  const { templateId, version } = reference ?? {};
  const own = versions.filter((candidate) => candidate.templateId === templateId);
  switch (version) {
    case '$Latest':
      return own.reduce<TemplateVersion | undefined>(
        (latest, candidate) => (latest && latest.version > candidate.version ? latest : candidate),
        undefined,
      );
    case '$Default':
      return own.find(({ isDefault }) => isDefault);
    default:
      return own.find((candidate) => candidate.version === Number(version));
  }
};

/** The version that the group is saved on, by its main template. */
export const savedVersion = (facts: GroupFacts): TemplateVersion | undefined =>
  resolveVersion(facts, facts.group.templates[0]);

/** The refresh that is going on, whoever started it: AWS allows one. */
export const activeRefresh = ({ refreshes }: GroupFacts): InstanceRefresh | undefined =>
  refreshes.find(isActive);

const isOf = (facts: GroupFacts, { desired }: InstanceRefresh, rollout: Rollout): boolean =>
  isMadeBy(rollout, resolveVersion(facts, desired)?.description);

/** This rollout's refresh of the group, and what has happened to the group since. */
export const refreshOf = (
  facts: GroupFacts,
  rollout: Rollout,
): { refresh: InstanceRefresh; later: readonly InstanceRefresh[] } | undefined => {
  const index = facts.refreshes.findIndex((refresh) => isOf(facts, refresh, rollout));
  const refresh = facts.refreshes[index];
  return refresh && { refresh, later: facts.refreshes.slice(0, index) };
};

/** Instances that count for what a group runs: those on their way out or set aside do not. */
const countsAs = (lifecycleState: string): boolean =>
  lifecycleState === 'InService' || lifecycleState.startsWith('Pending');

/** The numbers of a template that instances of the group were launched from. */
export const runningVersions = ({ group }: GroupFacts, templateId: string): readonly number[] => [
  ...new Set(
    group.instances.flatMap(({ lifecycleState, launchedFrom }) =>
      countsAs(lifecycleState) && launchedFrom?.templateId === templateId
        ? [launchedFrom.version]
        : [],
    ),
  ),
];

/** The images that the group launches and that its instances run; undefined for one that cannot be told. */
const imagesOf = (facts: GroupFacts): (string | undefined)[] =>
  [
    ...facts.group.templates,
    ...facts.group.instances
      .filter(({ lifecycleState }) => countsAs(lifecycleState))
      .map(({ launchedFrom }) => launchedFrom),
  ].map((reference) => resolveVersion(facts, reference)?.image);

/** Whether the group launches this image, and every instance of it runs it. */
export const isOnImage = (facts: GroupFacts, ami: string): boolean =>
  facts.group.templates.length > 0 && imagesOf(facts).every((image) => image === ami);

/** Whether the group launches this image, or any instance of it runs it. */
export const hasImage = (facts: GroupFacts, ami: string): boolean => imagesOf(facts).includes(ami);
