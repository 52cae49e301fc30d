import type { Shape, StructureShape } from '../src/wire/shape.ts';
import { exportedEnum, type Constraint, type ConstraintFile } from '../src/wire/constraints.ts';
import { compileJavaPattern } from '../src/wire/java-pattern.ts';
import type { ConstraintException } from './constraint-exceptions.ts';

interface Reference {
  readonly shape: string;
}

/** The part of one of botocore's shapes that is read here. */
interface ApiShape extends Pick<Constraint, 'min' | 'max' | 'pattern' | 'sensitive'> {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Reference>>;
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
}

/** The part of botocore's `service-2.json` that is read here. */
export interface ApiModel {
  readonly operations: Readonly<Record<string, { readonly input?: Reference }>>;
  readonly shapes: Readonly<Record<string, ApiShape>>;
}

/** Walks inputs in the SDK's shapes and in botocore's at once, by member name, and keeps what only the latter say. */
export class ConstraintReader {
  readonly usedExceptions = new Set<ConstraintException>();
  readonly #model: ApiModel;
  readonly #exceptions: readonly ConstraintException[];
  readonly #exported: Readonly<Record<string, unknown>>;
  readonly #structures = new Map<string, Record<string, string>>();
  readonly #required = new Map<string, string[]>();
  readonly #shapes = new Map<string, Constraint | undefined>();
  readonly #unread: string[] = [];
  readonly #operations: string[] = [];
  /** botocore's name of each structure that was read, by the SDK's. */
  readonly #seen = new Map<string, string>();

  constructor(options: {
    readonly model: ApiModel;
    readonly clientModule: object;
    readonly exceptions: readonly ConstraintException[];
  }) {
    this.#model = options.model;
    this.#exported = { ...options.clientModule };
    this.#exceptions = options.exceptions;
  }

  /** @throws Error when botocore does not know the operation or one of its shapes cannot be read */
  readOperation(name: string, input: Shape): void {
    const operation = this.#model.operations[name];
    if (!operation) throw new Error(`botocore knows no operation ${name}; is it too old?`);
    this.#operations.push(name);
    if (operation.input) this.#read(input, operation.input.shape);
  }

  result(): Omit<ConstraintFile, 'about'> {
    const named = [...this.#shapes].flatMap(([name, constraint]) =>
      constraint ? ([[name, constraint]] as const) : [],
    );
    return {
      operations: this.#operations.toSorted(),
      structures: sorted(
        [...this.#structures].filter(([, members]) => Object.keys(members).length > 0),
      ),
      shapes: sorted(named),
      required: sorted([...this.#required]),
      unread: this.#unread.toSorted(),
    };
  }

  #shape(name: string): ApiShape {
    const found = this.#model.shapes[name];
    if (!found) throw new Error(`botocore names the shape ${name} and does not have it`);
    return found;
  }

  #read(sdk: Shape, name: string): void {
    const api = this.#shape(name);
    if (sdk.kind === 'structure') this.#readStructure(sdk, name, api);
    else if (sdk.kind === 'list' && api.member) this.#read(sdk.item, api.member.shape);
    else if (sdk.kind === 'map' && api.value) this.#read(sdk.value, api.value.shape);
  }

  #readStructure(sdk: StructureShape, name: string, api: ApiShape): void {
    const known = this.#seen.get(sdk.name);
    if (known !== undefined && known !== name)
      throw new Error(`the SDK's ${sdk.name} is both ${known} and ${name} in botocore`);
    if (known !== undefined) return;
    this.#seen.set(sdk.name, name);
    if (this.#drops(sdk.name, 'all')) return;
    const members: Record<string, string> = {};
    const required: string[] = [];
    for (const member of [...sdk.members].sort(byName)) {
      const target = api.members?.[member.name];
      const at = `${sdk.name}.${member.name}`;
      if (!target) {
        this.#unread.push(at);
        continue;
      }
      // The SDK is newer, so what it no longer requires is required no more, except what its clients fill in.
      const filledIn = member.shape.kind === 'string' && member.shape.idempotencyToken;
      if (filledIn && api.required?.includes(member.name)) required.push(member.name);
      if (!this.#drops(at, 'all') && this.#constraint(target.shape))
        members[member.name] = target.shape;
      this.#read(member.shape, target.shape);
    }
    this.#structures.set(sdk.name, members);
    if (required.length > 0) this.#required.set(sdk.name, required);
  }

  /** The constraint of one of botocore's shapes; undefined when it says nothing. Structures have members instead. */
  #constraint(name: string): Constraint | undefined {
    if (this.#shapes.has(name)) return this.#shapes.get(name);
    const {
      type,
      min,
      max,
      pattern,
      enum: values,
      sensitive,
      member,
      key,
      value,
    } = this.#shape(name);
    if (type === 'structure') return undefined;
    // Set first: what a recursive list says of itself is what it says without its items.
    this.#shapes.set(name, undefined);
    const keep = (kind: ConstraintException['drop'][number]) => !this.#drops(name, kind);
    const nested = (reference: Reference | undefined) =>
      reference && this.#constraint(reference.shape) ? reference.shape : undefined;
    const items = nested(member);
    const keys = nested(key);
    const pairValues = nested(value);
    const said: Constraint = {
      ...(min !== undefined && keep('min') ? { min } : {}),
      ...(max !== undefined && keep('max') ? { max } : {}),
      ...(pattern !== undefined && keep('pattern') ? { pattern } : {}),
      ...(values !== undefined && keep('enum') ? { enum: this.#enum(name, values) } : {}),
      ...(items === undefined ? {} : { items }),
      ...(keys === undefined ? {} : { keys }),
      ...(pairValues === undefined ? {} : { values: pairValues }),
    };
    if (said.pattern !== undefined) compileJavaPattern(said.pattern);
    const found: Constraint | undefined =
      Object.keys(said).length === 0
        ? undefined
        : { ...said, ...(sensitive ? { sensitive: true } : {}) };
    this.#shapes.set(name, found);
    return found;
  }

  /** The SDK's name of an enum; it has to know all that botocore knows. */
  #enum(name: string, values: readonly string[]): string {
    const found = exportedEnum(this.#exported, name);
    const missing = values.filter((value) => !found?.values.includes(value));
    if (!found || missing.length > 0)
      throw new Error(`the SDK client's enum ${name} lacks ${missing.join(', ')}; is it too old?`);
    return found.name;
  }

  #drops(at: string, kind: ConstraintException['drop'][number]): boolean {
    const found = this.#exceptions.find(
      (exception) => exception.at === at && exception.drop.includes(kind),
    );
    if (found) this.usedExceptions.add(found);
    return found !== undefined;
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

const sorted = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
