import { accountOfArn } from '../../iam/arn-match.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { findIdentity } from './principal-binding.ts';
import { tagContext } from './tags.ts';

/**
 * What AWS checks of a caller who hands a role to a service.
 *
 * @param toService the service that will assume the role, e.g. `lambda.amazonaws.com`
 * @param associatedResourceArn the resource that will use the role, where its service states it
 * Source: Service Authorization Reference, IAM, PassRole. A role of another account cannot be passed: nothing there
 * could allow it.
 */
export function passRoleCheck(
  call: Call,
  roleArn: string,
  toService: string,
  associatedResourceArn?: string,
): AccessCheck {
  return {
    action: 'iam:PassRole',
    resource: roleArn,
    resourceAccount: accountOfArn(roleArn) ?? call.account,
    context: {
      'iam:PassedToService': toService,
      'iam:AssociatedResourceArn': associatedResourceArn,
      ...tagContext(findIdentity(call.world, roleArn)?.tags ?? new Map()),
    },
  };
}
