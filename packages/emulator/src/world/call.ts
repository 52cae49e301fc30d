import type { Principal } from '../iam/principal.ts';
import { Scope } from './scope.ts';
import type { AccessCheck } from './service.ts';
import type { World } from './world.ts';

/** One call of an operation: the place it goes to, and who makes it. */
export class Call extends Scope {
  readonly caller: Principal;
  readonly requestId: string;
  readonly operationName: string;
  /** Services that the call came through. */
  readonly via: readonly string[];

  constructor(options: {
    world: World;
    account: string;
    region: string;
    service: string;
    caller: Principal;
    requestId: string;
    operationName: string;
    via: readonly string[];
  }) {
    super(options);
    this.caller = options.caller;
    this.requestId = options.requestId;
    this.operationName = options.operationName;
    this.via = options.via;
  }

  /** Whether the caller may; for operations whose answer depends on it, such as 403 or 404 for a missing object. */
  allows(check: AccessCheck): boolean {
    return this.world.authorizer.decide(this, check).allowed;
  }

  /** A check that an operation can make only after it has looked something up, such as `iam:PassRole`. */
  require(check: AccessCheck): void {
    this.world.authorizer.require(this, check);
  }
}
