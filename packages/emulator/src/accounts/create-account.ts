import type { UserPrincipal } from '../iam/principal.ts';
import { publish } from '../services/iam/effective-identity.ts';
import { addAccessKey, addUser, userPrincipal } from '../services/iam/identities.ts';
import type { Credentials } from '../world/credentials.ts';
import type { World } from '../world/world.ts';
import { newAccountId } from './new-account-id.ts';

export interface StandaloneAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string;
  readonly admin: UserPrincipal;
  readonly adminCredentials: Credentials;
}

const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Makes an account outside of any organization, as somebody gets it who signs up: AWS has no API for that. It has
 * one user, `admin`, who may do everything at once.
 */
export function createAccount(
  world: World,
  options: { readonly id?: string; readonly name: string; readonly email?: string },
): StandaloneAccount {
  const { name } = options;
  const id = options.id ?? newAccountId(world);
  world.directory.add({
    id,
    name,
    email: options.email ?? `account-${id}@example.com`,
    state: 'ACTIVE',
    organizationId: undefined,
    organizationPath: undefined,
  });
  const iam = world.scope(id, 'us-east-1', 'iam');
  const user = addUser(iam, { name: 'admin', path: '/', tags: new Map() });
  user.attached.add(administratorAccess);
  publish(iam, user, 0);
  const { key, secretAccessKey } = addAccessKey(iam, user, 0);
  const admin = userPrincipal(iam, user);
  if (!admin) throw new TypeError(`the administrator of ${id} does not count`);
  return {
    id,
    name,
    admin,
    adminCredentials: {
      accessKeyId: key.id,
      secretAccessKey,
      sessionToken: undefined,
      expiresAt: undefined,
    },
  };
}
