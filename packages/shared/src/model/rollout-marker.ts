/** What a rollout moves to, under the id that it has. */
interface Marked {
  rolloutId: string;
  ami: string;
}

/**
 * The description of a launch template version that a rollout made: versions carry no tags, and a description is
 * all by which a later invocation recognizes its own work.
 *
 * @param source the version that it was copied from: groups of one template may stand on different ones
 */
export const rolloutMarker = ({ ami, rolloutId }: Marked, source: number): string =>
  `golden:${ami}:${rolloutId}:${source}`;

/** Whether a version was made by any rollout of ours, and for which image. */
export const readMarker = (description: string | undefined): Marked | undefined => {
  const [, ami, rolloutId] = /^golden:(ami-\w+):([\w-]+):\d+$/.exec(description ?? '') ?? [];
  return ami === undefined || rolloutId === undefined ? undefined : { ami, rolloutId };
};

/** Whether a version was made by this rollout. */
export const isMadeBy = ({ ami, rolloutId }: Marked, description: string | undefined): boolean => {
  const made = readMarker(description);
  return made?.ami === ami && made.rolloutId === rolloutId;
};
