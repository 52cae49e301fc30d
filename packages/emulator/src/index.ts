/** The embedded AWS: what tests, the demo and the bench use of it. */
export { createAccount, type StandaloneAccount } from './accounts/create-account.ts';
export {
  createOrganization,
  joinOrganization,
  type CreatedOrganization,
  type UnitPlan,
} from './accounts/create-organization.ts';
export { createWorld, services } from './emulator.ts';
export { faults, type Fate, type FunctionCall } from './runtime/faults.ts';
export { makeZip } from './services/lambda/zip.ts';
export { inbox, type Email } from './services/sns/inbox.ts';
export { inProcessHandler } from './wire/in-process-handler.ts';
export { openEndpoint, type Endpoint } from './wire/server.ts';
export type { JournalEntry } from './world/journal.ts';
export type { World, WorldSettings } from './world/world.ts';
