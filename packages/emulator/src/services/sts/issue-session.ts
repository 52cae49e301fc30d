import type { Principal } from '../../iam/principal.ts';
import type { Credentials } from '../../world/credentials.ts';
import type { Scope } from '../../world/scope.ts';
import { newAccessKeyId } from '../iam/access-key-id.ts';

/** Temporary credentials. */
export interface SessionCredentials extends Credentials {
  readonly sessionToken: string;
  readonly expiresAt: number;
}

const sessionTokenDigits = 64;

/**
 * Makes temporary credentials for a principal and lets the world know them. Services that run a customer's code
 * (functions, instances) call it for the session that `serviceSession` made.
 *
 * @param options.principal read at each use, so that it may cease to exist
 */
export function issueSession(
  scope: Scope,
  options: { readonly principal: () => Principal | undefined; readonly durationSeconds: number },
): SessionCredentials {
  const { world, account } = scope;
  const credentials = {
    accessKeyId: newAccessKeyId(scope, 'ASIA'),
    secretAccessKey: scope.hex('session-secret', 40),
    sessionToken: `IQoJb3JpZ2luX2Vj${scope.hex('session-token', sessionTokenDigits)}`,
    // STS answers in whole seconds.
    expiresAt: (Math.floor(scope.now / 1000) + options.durationSeconds) * 1000,
  };
  world.credentials.issue(credentials, () =>
    world.directory.get(account)?.state === 'ACTIVE' ? options.principal() : undefined,
  );
  return credentials;
}
