/**
 * The description of a launch template version that a rollout made: versions carry no tags, and a description is
 * all by which a later invocation recognizes its own work.
 */
export const rolloutMarker = (rollout: { rolloutId: string; ami: string }): string =>
  `golden:${rollout.ami}:${rollout.rolloutId}`;

/** Whether a version was made by any rollout of ours, and for which image. */
export const readMarker = (description: string): { ami: string; rolloutId: string } | undefined => {
  const [, ami, rolloutId] = /^golden:(ami-[0-9a-f]+):(.+)$/.exec(description) ?? [];
  return ami === undefined || rolloutId === undefined ? undefined : { ami, rolloutId };
};
