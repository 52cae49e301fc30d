import type { Principal } from '../iam/principal.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Milliseconds since 1970; long-lived keys have none. */
  readonly expiresAt: number | undefined;
}

interface Issued {
  readonly credentials: Credentials;
  /** Read at each call: a user's tags and a key's status may have changed. */
  readonly principal: () => Principal | undefined;
}

export type Resolution =
  | { readonly outcome: 'known'; readonly principal: Principal }
  | { readonly outcome: 'unknown-key' | 'wrong-token' | 'expired' };

/** Who is behind an access key. Signatures are not verified; the key and the session token are. */
export class CredentialStore {
  readonly #issued = new Map<string, Issued>();

  issue(credentials: Credentials, principal: () => Principal | undefined): void {
    this.#issued.set(credentials.accessKeyId, { credentials, principal });
  }

  revoke(accessKeyId: string): void {
    this.#issued.delete(accessKeyId);
  }

  resolve(accessKeyId: string, sessionToken: string | undefined, now: number): Resolution {
    const issued = this.#issued.get(accessKeyId);
    if (!issued) return { outcome: 'unknown-key' };
    if (issued.credentials.sessionToken !== sessionToken) return { outcome: 'wrong-token' };
    if (issued.credentials.expiresAt !== undefined && issued.credentials.expiresAt <= now)
      return { outcome: 'expired' };
    const principal = issued.principal();
    return principal ? { outcome: 'known', principal } : { outcome: 'unknown-key' };
  }
}
