import type { Brand } from './brand.ts';
import { GoldenError } from './golden-error.ts';
import type { ImageLine } from './ids.ts';
import { parseImageBuildArn } from './image-builder-arn.ts';
import type { VersionNumber } from './image-version.ts';

/** `<line>-1-0-<n>-<build>`, also the name of the execution: one image build is rolled out once. */
export type RolloutId = Brand<string, 'RolloutId'>;

/**
 * Where a build stands among all builds of its line, as text whose order is theirs: ten digits of n and ten of the build, the
 * most that Image Builder counts to.
 */
export type BuildOrder = Brand<string, 'BuildOrder'>;

/** The handlers of the workload accounts take up to 50 characters. */
export const isRolloutId = (value: unknown): value is RolloutId =>
  typeof value === 'string' && /^[\w-]{1,50}$/.test(value);

export const isBuildOrder = (value: unknown): value is BuildOrder =>
  typeof value === 'string' && /^[0-9]{10}\.[0-9]{10}$/.test(value);

/** One build of an image of a line, as far as its ARN tells. */
export interface BuildIdentity {
  rolloutId: RolloutId;
  order: BuildOrder;
  n: VersionNumber;
}

/** @throws GoldenError `value-invalid` for an ARN that is no build of a `1.0.<n>` */
export const buildIdentity = (line: ImageLine, imageArn: string): BuildIdentity => {
  const { n, build } = parseImageBuildArn(imageArn) ?? {};
  const rolloutId = `${line}-1-0-${n ?? ''}-${build ?? ''}`;
  const order = [n, build].map((part) => String(part).padStart(10, '0')).join('.');
  if (n === undefined || !isRolloutId(rolloutId) || !isBuildOrder(order))
    throw new GoldenError({
      code: 'value-invalid',
      message: `${imageArn} of line ${line} cannot be rolled out: it is no build of a 1.0.<n>, or the line's name is too long`,
    });
  return { rolloutId, order, n };
};
