import type { Scope } from '../../world/scope.ts';
import { amazonImages } from '../ec2/amazon-images.ts';
import type { Parameter } from './state.ts';

/**
 * The public parameters under `/aws/service/`: the same names in every Region, values of that Region. They follow
 * Amazon's image releases, so a value changes by itself as virtual time passes.
 */
export function publicParameter(scope: Scope, name: string): Parameter | undefined {
  const image = amazonImages(scope.world, scope.region)
    .filter((candidate) => candidate.parameterName === name && candidate.releasedAt <= scope.now)
    .at(-1);
  if (!image) return undefined;
  return {
    name,
    type: 'String',
    value: image.imageId,
    version: image.release,
    dataType: 'text',
    description: undefined,
    allowedPattern: undefined,
    modifiedAt: new Date(image.releasedAt),
    modifiedBy: '',
    tags: new Map(),
  };
}

/** All that Amazon publishes by now. */
export function publicParameters(scope: Scope): Parameter[] {
  const names = new Set(
    amazonImages(scope.world, scope.region).map(({ parameterName }) => parameterName),
  );
  return [...names].flatMap((name) => publicParameter(scope, name) ?? []);
}
