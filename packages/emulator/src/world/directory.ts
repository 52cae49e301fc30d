/** An account of the world, with its place in the organization when it has one. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  state: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';
  /** The organization's id (`o-...`) while the account is a member. */
  organizationId: string | undefined;
  /** `o-abc/r-abc/ou-abc-1/`, as in `aws:PrincipalOrgPaths`. */
  organizationPath: string | undefined;
}

/** All accounts that exist, whoever owns them. Membership is changed by the Organizations service only. */
export class Directory {
  readonly #accounts = new Map<string, Account>();

  add(account: Account): void {
    if (!/^\d{12}$/.test(account.id))
      throw new TypeError(`an account id has 12 digits, not ${account.id}`);
    if (this.#accounts.has(account.id))
      throw new TypeError(`the account ${account.id} exists already`);
    this.#accounts.set(account.id, account);
  }

  get(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  get accounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }
}
