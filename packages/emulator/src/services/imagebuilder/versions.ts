import { AwsError } from '../../world/aws-error.ts';

/** `<major>.<minor>.<patch>`, each a number or, in a pattern, the wildcard `x`. */
export type VersionNode = number | 'x';
export type VersionPattern = readonly [VersionNode, VersionNode, VersionNode];

const nodeMax = 2 ** 30 - 1; // Image Builder User Guide, "Semantic versioning": up to 2^30-1 for each node

const invalidVersion = (text: string, why: string): AwsError =>
  new AwsError('InvalidVersionNumberException', `The version '${text}' is not valid: ${why}`);

/**
 * Reads a version, with wildcards where they are allowed: everything right of the first `x` is `x` too.
 *
 * @returns undefined for a text of another form
 * @throws AwsError InvalidVersionNumberException
 */
export function parseVersion(text: string): VersionPattern | undefined {
  const nodes = /^(\d+|x)\.(\d+|x)\.(\d+|x)$/.exec(text)?.slice(1);
  if (!nodes) return undefined;
  const [major = 'x', minor = 'x', patch = 'x'] = nodes.map((node) =>
    node === 'x' ? ('x' as const) : Number(node),
  );
  const pattern: VersionPattern = [major, minor, patch];
  const firstWildcard = pattern.indexOf('x');
  if (firstWildcard >= 0 && pattern.slice(firstWildcard).some((node) => node !== 'x'))
    throw invalidVersion(text, 'all nodes to the right of a wildcard must be wildcards');
  if (pattern.some((node) => node !== 'x' && node > nodeMax))
    throw invalidVersion(text, `a node is at most ${nodeMax}`);
  return pattern;
}

export const hasWildcard = (pattern: VersionPattern): boolean => pattern.includes('x');

export function matchesVersion(pattern: VersionPattern, version: string): boolean {
  const nodes = version.split('.').map(Number);
  return pattern.every((node, index) => node === 'x' || node === nodes[index]);
}

/** Negative when the first version is lower. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (const [index, node] of left.entries()) {
    const difference = node - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The highest version that fits, or undefined. */
export const highestVersion = (
  versions: Iterable<string>,
  pattern: VersionPattern,
): string | undefined =>
  [...versions]
    .filter((version) => matchesVersion(pattern, version))
    .sort(compareVersions)
    .at(-1);

/**
 * The version that a pattern means for a new resource: the first wildcard's node of the highest fitting version plus
 * one. A fitting version must not exist yet for the first one; AWS does not say which it is, here it is 0, and 1.0.0
 * for `x.x.x`.
 */
export function nextVersion(versions: Iterable<string>, pattern: VersionPattern): string {
  if (!hasWildcard(pattern)) return pattern.join('.');
  const highest = highestVersion(versions, pattern)?.split('.').map(Number);
  const first = pattern.indexOf('x');
  const start = first === 0 ? 1 : 0;
  const nodes = pattern.map((node, index) => {
    if (node !== 'x') return node;
    if (index > first) return 0;
    return highest ? (highest[index] ?? 0) + 1 : start;
  });
  if (nodes.some((node) => node > nodeMax))
    throw invalidVersion(pattern.join('.'), 'no higher version is left');
  return nodes.join('.');
}

/** The version as one number, 30 bits for each node and for the build, as notifications carry it. */
export function versionNumber(version: string, build: number): bigint {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return (BigInt(major) << 90n) + (BigInt(minor) << 60n) + (BigInt(patch) << 30n) + BigInt(build);
}
