import type { Principal } from '../iam/principal.ts';
import type { ServiceModel } from '../wire/model.ts';
import { Authorizer, type IdentityPolicies } from './authorizer.ts';
import { AwsError } from './aws-error.ts';
import { Call } from './call.ts';
import { CredentialStore } from './credentials.ts';
import { Directory } from './directory.ts';
import { Entropy } from './entropy.ts';
import { Journal } from './journal.ts';
import { checkInput } from './check-input.ts';
import { Scheduler } from './scheduler.ts';
import { Scope, type SdkCommand, type SendOptions } from './scope.ts';
import type { AccessCheck, ServiceDefinition } from './service.ts';
import { takeTokens } from './throttle.ts';

export interface WorldSettings {
  /** Everything random follows from it. */
  readonly seed: string;
  /** ISO 8601; the instant at which virtual time begins. */
  readonly startsAt: string;
  /** The most items on a page of any list; AWS may always return fewer than asked for. */
  readonly pageSizeMax: number;
  /** The share of SNS, EventBridge and SQS deliveries that arrive twice, 0 to 1. */
  readonly duplicateShare: number;
  /** The share of those deliveries, and of asynchronous invocations, that arrive later than usual, 0 to 1. */
  readonly lateShare: number;
  /** How much later at most, in milliseconds. */
  readonly lateMsMax: number;
  /** The share of events that never arrive, 0 to 1, of the services that send theirs at best effort; AWS says "in some rare cases". */
  readonly lostEventShare: number;
  /** The share of eventually consistent reads that miss the latest writes, 0 to 1. */
  readonly staleReadShare: number;
  /** How long a change in IAM takes to count everywhere, in milliseconds. */
  readonly iamPropagationMs: number;
  /** Whether the documented limits of the rate of calls hold. They need a clock that moves between calls. */
  readonly throttling: boolean;
  /** How often an agent of ECS loses its connection for a moment, on average; AWS says several times. 0 means never. */
  readonly agentLossesPerHour: number;
  /** Whether RollbackInstanceRefresh is taken while a refresh bakes; AWS documents neither. */
  readonly rollbackWhileBaking: 'accepted' | 'refused';
}

export const defaultSettings: WorldSettings = {
  seed: '1',
  startsAt: '2026-11-21T08:00:00.000Z',
  pageSizeMax: Number.MAX_SAFE_INTEGER,
  duplicateShare: 0.05,
  lateShare: 0,
  lateMsMax: 120_000,
  lostEventShare: 0,
  staleReadShare: 0.05,
  iamPropagationMs: 4_000,
  throttling: true,
  agentLossesPerHour: 3,
  rollbackWhileBaking: 'accepted',
};

export interface InvokeRequest {
  readonly service: ServiceDefinition;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Principal;
  readonly account: string;
  readonly region: string;
  readonly via: readonly string[];
  readonly requestId: string;
}

/** Where global services keep their state and sign their requests. */
const globalRegion = 'us-east-1';
const readOnlyOperation =
  /^(Get|List|Describe|Head|Query|Scan|BatchGet|Lookup|Validate|Simulate|Filter|Test|Receive)/;

/** One embedded AWS: accounts, services, time and chance. Worlds share nothing. */
export class World {
  readonly settings: WorldSettings;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly journal = new Journal();
  readonly directory = new Directory();
  readonly credentials = new CredentialStore();
  readonly authorizer: Authorizer;
  readonly #services = new Map<string, ServiceDefinition>();
  readonly #bySigningName = new Map<string, ServiceDefinition>();
  readonly #byNamespace = new Map<string, ServiceDefinition>();

  constructor(options: {
    settings: Partial<WorldSettings>;
    services: readonly ServiceDefinition[];
    identityPolicies: IdentityPolicies;
  }) {
    this.settings = { ...defaultSettings, ...options.settings };
    this.scheduler = new Scheduler(Date.parse(this.settings.startsAt));
    this.entropy = new Entropy(this.settings.seed);
    this.authorizer = new Authorizer(options.identityPolicies);
    for (const service of options.services) {
      this.#services.set(service.name, service);
      this.#bySigningName.set(service.model.signingName, service);
      this.#byNamespace.set(service.model.namespace, service);
    }
    for (const service of options.services)
      service.start?.(
        new Scope({ world: this, account: '-', region: globalRegion, service: service.name }),
      );
  }

  /** @throws TypeError for a service that does not exist here */
  service(name: string): ServiceDefinition {
    const found = this.#services.get(name);
    if (!found) throw new TypeError(`the service ${name} is not part of this emulator`);
    return found;
  }

  serviceBySigningName(signingName: string): ServiceDefinition | undefined {
    return this.#bySigningName.get(signingName);
  }

  /** All services, in the order in which the world was composed. */
  get services(): readonly ServiceDefinition[] {
    return [...this.#services.values()];
  }

  get models(): readonly ServiceModel[] {
    return [...this.#services.values()].map((service) => service.model);
  }

  scope(account: string, region: string, service: string): Scope {
    return new Scope({ world: this, account, region, service });
  }

  /** A call between services; see {@link Scope.send}. */
  async send<I extends object, O extends object>(
    command: SdkCommand<I, O>,
    options: SendOptions & { account: string; region: string },
  ): Promise<O> {
    const { namespace, operation } = identify(command);
    const service = this.#byNamespace.get(namespace);
    if (!service) throw new TypeError(`${namespace} is not part of this emulator`);
    const output = await this.invoke({
      service,
      operation,
      input: command.input as Record<string, unknown>,
      caller: options.as,
      account: options.account,
      region: options.region,
      via: options.via ?? [],
      requestId: this.entropy.uuid(`${options.account}/${options.region}/${service.name}/request`),
    });
    return (output ?? {}) as O;
  }

  /**
   * Carries out one operation: input check, authorization, work, journal.
   *
   * @throws AwsError what the client gets; any other error is a defect of the emulator
   */
  async invoke(request: InvokeRequest): Promise<unknown> {
    const { service, operation: name, input, caller, via, requestId, account } = request;
    const region = service.scope === 'global' ? globalRegion : request.region;
    const handler = service.operations[name];
    const call = new Call({
      world: this,
      account,
      region,
      service: service.name,
      caller,
      requestId,
      operationName: name,
      via,
    });
    let checks: readonly AccessCheck[] = [];
    try {
      if (!handler)
        throw new AwsError(
          'NotImplemented',
          `${service.name}:${name} is not modelled by this emulator`,
          { status: 501 },
        );
      if (this.settings.throttling && service.throttle) takeTokens(call, service.throttle, input);
      const model = service.model.operations.get(name);
      if (!model) throw new TypeError(`${service.name} models no operation ${name}`);
      const checked = checkInput({
        operation: model,
        constraints: service.model.constraints,
        input,
        refusal: service,
      }) as never;
      const wanted = handler.authorize(checked, call);
      checks = 'action' in wanted ? [wanted] : wanted;
      for (const check of checks) this.authorizer.require(call, check);
      const output = await handler.run(checked, call);
      this.#note(call, checks, undefined);
      return output;
    } catch (error) {
      this.#note(call, checks, error);
      throw error;
    }
  }

  #note(call: Call, checks: readonly AccessCheck[], error: unknown): void {
    const { caller } = call;
    this.journal.append({
      at: call.date.toISOString(),
      account: call.account,
      region: call.region,
      kind: 'call',
      service: call.service,
      name: call.operationName,
      by: caller.kind === 'service' ? caller.service : caller.arn,
      writes: !readOnlyOperation.test(call.operationName),
      ...(error === undefined
        ? {}
        : { error: error instanceof AwsError ? error.code : 'InternalFailure' }),
      detail: checks[0] ? { resource: checks[0].resource } : {},
    });
  }
}

function identify(command: object): { namespace: string; operation: string } {
  const schema = 'schema' in command ? command.schema : undefined;
  if (!Array.isArray(schema) || schema[0] !== 9) throw new TypeError('not an SDK command');
  return { namespace: String(schema[1]), operation: String(schema[2]) };
}
