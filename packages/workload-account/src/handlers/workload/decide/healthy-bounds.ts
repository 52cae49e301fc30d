/** From this size on a tenth of a group is at least one instance. */
const tenthIsOneFrom = 10;

/**
 * How much of a group may be missing and above while it is refreshed. A small group launches one instance before it terminates
 * one, so that it never has fewer; with AWS's default of 90 a group of one would lose its only instance first. Bounds that the
 * group brings along itself stay in force.
 */
export const healthyBounds = (group: {
  size: number;
  hasMaintenancePolicy: boolean;
}): { min: number; max: number } | undefined => {
  if (group.hasMaintenancePolicy) return undefined;
  if (group.size >= tenthIsOneFrom) return { min: 90, max: 110 };
  return { min: 100, max: 100 + Math.ceil(100 / Math.max(group.size, 1)) };
};
