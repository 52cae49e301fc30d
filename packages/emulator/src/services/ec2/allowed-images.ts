import type * as client from '@aws-sdk/client-ec2';
import type { Scope } from '../../world/scope.ts';
import { matchesPattern } from './filters.ts';
import { ec2State, type Image } from './state.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * Whether an image fits the account's criteria for allowed images, whatever the state of the setting; undefined while
 * the setting is off. Own images always fit; without criteria no other does.
 *
 * Source: EC2 User Guide, "Control the discovery and use of AMIs in Amazon EC2 with Allowed AMIs": an image has to
 * meet one criterion of the list, and all parts of that one.
 */
export function isAllowed(scope: Scope, image: Image): boolean | undefined {
  const { state, criteria } = ec2State.in(scope).allowedImages;
  if (state === 'disabled') return undefined;
  return image.owner === scope.account || criteria.some((one) => meets(scope, image, one));
}

/** Whether the account may see and launch an image that it could see without the setting. */
export const isUsable = (scope: Scope, image: Image): boolean =>
  ec2State.in(scope).allowedImages.state !== 'enabled' || isAllowed(scope, image) === true;

function meets(scope: Scope, image: Image, criterion: client.ImageCriterion): boolean {
  const { ImageProviders: providers, ImageNames: names } = criterion;
  const age = criterion.CreationDateCondition?.MaximumDaysSinceCreated;
  const deprecation = criterion.DeprecationTimeCondition?.MaximumDaysSinceDeprecated;
  return (
    (providers === undefined ||
      providers.includes(image.owner) ||
      (image.ownerAlias !== undefined && providers.includes(image.ownerAlias))) &&
    (names === undefined || names.some((pattern) => matchesPattern(pattern, image.name))) &&
    (age === undefined || scope.now - image.createdAt.getTime() <= age * dayMs) &&
    (deprecation === undefined ||
      image.deprecatedAt === undefined ||
      scope.now - image.deprecatedAt.getTime() < deprecation * dayMs ||
      image.deprecatedAt.getTime() > scope.now)
  );
}
