import type { CreatedOrganization, StandaloneAccount, World } from '@golden/emulator';

/** An embedded AWS that is ready to be used. */
export interface Started {
  readonly world: World;
  readonly organization: CreatedOrganization;
  /** The first is where the product is, or is meant to be. */
  readonly regions: readonly string[];
  /** The infra stack, where the product is deployed. */
  readonly stack?: {
    readonly name: string;
    readonly outputs: Readonly<Record<string, string>>;
  };
}

/** The management account first, then the members in the order in which they were made. */
export const accountsOf = ({
  organization: { management, accounts },
}: Started): readonly StandaloneAccount[] => [management, ...accounts.values()];
