import type { Scope } from '../../world/scope.ts';

/** Parameter ARNs join `parameter` and a hierarchical name without a second slash; public ones carry no account. */
export function parameterArn(call: Scope, name: string): string {
  const path = name.startsWith('/') ? name : `/${name}`;
  return call.arn(`parameter${path}`, {
    account: name.startsWith('/aws/service/') ? '' : call.account,
  });
}
