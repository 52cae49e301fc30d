import type { Principal } from '../iam/principal.ts';
import { Scope, type SdkCommand } from '../world/scope.ts';
import type { World } from '../world/world.ts';

/** Resolved properties of one resource: intrinsics evaluated, `AWS::NoValue` gone, types as the template wrote them. */
export type Properties = Readonly<Record<string, unknown>>;

/** What `Ref` and `Fn::GetAtt` answer for a resource. */
export interface Provisioned {
  readonly physicalId: string;
  /** By attribute name as `Fn::GetAtt` takes it, dots included. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * How CloudFormation makes one resource type. A provider calls the service's own operations as the deploying
 * principal; it never touches a service's state.
 */
export interface ResourceProvider {
  /** e.g. `AWS::SQS::Queue` */
  readonly type: string;
  /** All properties of the type that are modelled; any other stops the stack, as an unknown property does in AWS. */
  readonly properties: readonly string[];
  readonly required: readonly string[];
  /** A change of one of these replaces the resource: new one first, old one in the clean-up. */
  readonly createOnly: readonly string[];
  /** All that `Fn::GetAtt` knows; when left out, a wrong attribute is found only once the resource is there. */
  readonly attributes?: readonly string[];
  /** How long AWS takes to make it, in virtual seconds; 1 when left out. */
  readonly createSeconds?: number;
  create(properties: Properties, deployment: Deployment): Promise<Provisioned>;
  /** Changes in place; a provider without `update` allows tags-only types no change at all. */
  update?(
    properties: Properties,
    deployment: Deployment,
    existing: { readonly physicalId: string; readonly previous: Properties },
  ): Promise<Provisioned>;
  /** Deletes; a resource that is gone already is a success. */
  delete(
    physicalId: string,
    deployment: Deployment,
    existing: { readonly properties: Properties },
  ): Promise<void>;
}

/** Thrown by a provider for a state that passes by itself, e.g. a role that cannot be assumed yet; the engine tries again. */
export class NotReadyYet extends Error {
  override readonly name = 'NotReadyYet';
}

/**
 * Thrown by a provider for a resource that is there and did not come up: the stack knows it by its id, so that a
 * rollback takes it away.
 */
export class MadeButFailed extends Error {
  override readonly name = 'MadeButFailed';
  readonly physicalId: string;
  override readonly cause: Error;

  constructor(physicalId: string, cause: Error) {
    super(cause.message);
    this.physicalId = physicalId;
    this.cause = cause;
  }
}

/** One resource's deployment: where, as whom, and under which name. */
export class Deployment extends Scope {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly principal: Principal;
  /** Tags of the stack, which CloudFormation hands on to resources that can carry tags, with its own `aws:cloudformation:*` tags. */
  readonly stackTags: Readonly<Record<string, string>>;
  /** The stack's tags before the update that goes on; the same where nothing changes them. */
  readonly previousStackTags: Readonly<Record<string, string>>;
  readonly #via: readonly string[];

  constructor(options: {
    world: World;
    account: string;
    region: string;
    stackId: string;
    stackName: string;
    logicalId: string;
    principal: Principal;
    stackTags: Readonly<Record<string, string>>;
    previousStackTags?: Readonly<Record<string, string>>;
    /** The services that calls come through; none when CloudFormation works as a role that was passed to it. */
    via?: readonly string[];
  }) {
    super({ ...options, service: 'cloudformation' });
    this.stackId = options.stackId;
    this.stackName = options.stackName;
    this.logicalId = options.logicalId;
    this.principal = options.principal;
    this.stackTags = options.stackTags;
    this.previousStackTags = options.previousStackTags ?? options.stackTags;
    this.#via = options.via ?? ['cloudformation.amazonaws.com'];
  }

  /** Calls a service as the deploying principal, by way of CloudFormation where that is its caller. */
  async call<I extends object, O extends object>(command: SdkCommand<I, O>): Promise<O> {
    return this.send(command, { as: this.principal, via: this.#via });
  }

  /** A physical name as CloudFormation makes it: `<stack>-<logical id>-<random>`, shortened to fit. */
  generateName(options: { lengthMax: number; lowerCase?: boolean; suffix?: string }): string {
    const { lengthMax, lowerCase = false, suffix = '' } = options;
    const random = this.code('physical-name', 12);
    const room = lengthMax - random.length - 2 - suffix.length;
    const stackPart = this.stackName.slice(0, Math.max(1, Math.ceil(room / 2)));
    const logicalPart = this.logicalId.slice(0, Math.max(1, room - stackPart.length));
    const name = `${stackPart}-${logicalPart}-${random}${suffix}`;
    return lowerCase ? name.toLowerCase() : name;
  }

  /** The resource's tags: its own property, the stack's tags and CloudFormation's. */
  tags(own: unknown): Record<string, string> {
    return this.#tagsWith(this.stackTags, own);
  }

  /** The tags that an update finds on the resource, given what its own property was. */
  previousTags(own: unknown): Record<string, string> {
    return this.#tagsWith(this.previousStackTags, own);
  }

  #tagsWith(stackTags: Readonly<Record<string, string>>, own: unknown): Record<string, string> {
    const list = Array.isArray(own) ? (own as readonly { Key?: unknown; Value?: unknown }[]) : [];
    return {
      ...stackTags,
      ...Object.fromEntries(list.map((tag) => [String(tag.Key), String(tag.Value)])),
      'aws:cloudformation:stack-name': this.stackName,
      'aws:cloudformation:stack-id': this.stackId,
      'aws:cloudformation:logical-id': this.logicalId,
    };
  }
}
