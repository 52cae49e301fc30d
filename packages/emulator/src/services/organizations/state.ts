import { defineState } from '../../world/state.ts';

export interface OrganizationalUnit {
  readonly id: string;
  readonly arn: string;
  name: string;
  readonly parentId: string;
}

/** An account's membership; what the account itself is stands in the world's directory. */
export interface Membership {
  readonly accountId: string;
  readonly arn: string;
  readonly joinedMethod: 'CREATED' | 'INVITED';
  readonly joinedAt: Date;
  parentId: string;
}

export interface DelegatedService {
  readonly service: string;
  readonly enabledAt: Date;
}

export interface CreateAccountRequest {
  readonly id: string;
  readonly accountName: string;
  readonly requestedAt: Date;
  state: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  completedAt: Date | undefined;
  accountId: string | undefined;
  failureReason: 'EMAIL_ALREADY_EXISTS' | undefined;
}

export interface Handshake {
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly tags: ReadonlyMap<string, string>;
  state: 'OPEN' | 'ACCEPTED';
}

export interface Organization {
  readonly id: string;
  readonly arn: string;
  readonly managementAccountId: string;
  readonly rootId: string;
  readonly rootArn: string;
  readonly units: Map<string, OrganizationalUnit>;
  readonly members: Map<string, Membership>;
  /** When each service was given trusted access. */
  readonly trustedServices: Map<string, Date>;
  /** By account, then by service. */
  readonly delegated: Map<string, Map<string, DelegatedService>>;
  readonly requests: Map<string, CreateAccountRequest>;
  readonly handshakes: Map<string, Handshake>;
  /** When member accounts were closed, for the quota on closing. */
  readonly closures: Date[];
  /** By account, OU or root id. */
  readonly tags: Map<string, Map<string, string>>;
}

export const organizationsState = defineState('organizations', 'global', () => ({
  organizations: new Map<string, Organization>(),
}));
