import { compileJavaPattern } from './java-pattern.ts';

/** What a model says of a string, number, blob, list or map; each part only where the model says it. */
export interface Constraint {
  /** The least length of a string (code points), blob (bytes), list (items) or map (pairs), or the least number. */
  readonly min?: number;
  /** The most of the same. */
  readonly max?: number;
  /** A Java regular expression for the whole value. */
  readonly pattern?: string;
  /** The name under which the SDK client exports the allowed values. */
  readonly enum?: string;
  /** Of each item of a list, by the name of the shape. */
  readonly items?: string;
  /** Of each key of a map. */
  readonly keys?: string;
  /** Of each value of a map. */
  readonly values?: string;
  /** AWS does not repeat such a value in an error. */
  readonly sensitive?: boolean;
}

/**
 * The content of a service's `constraints.json`: what its API model says of inputs and the SDK client's schemas do not.
 * Written by `tools/read-constraints.ts`.
 */
export interface ConstraintFile {
  /** Where it comes from, and under which licence. */
  readonly about: Readonly<Record<string, string>>;
  /** The operations whose inputs were read. */
  readonly operations: readonly string[];
  /** By structure and member: the name of the shape that constrains the member. */
  readonly structures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly shapes: Readonly<Record<string, Constraint>>;
  /** By structure: members that AWS requires and that SDK clients fill in themselves. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  /** Members of the SDK's schemas that are newer than the API model that was read, and so not constrained. */
  readonly unread: readonly string[];
}

/** A {@link Constraint} ready for use. */
export interface CompiledConstraint {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly pattern: { readonly text: string; readonly regex: RegExp } | undefined;
  readonly enum: ReadonlySet<string> | undefined;
  readonly items: CompiledConstraint | undefined;
  readonly keys: CompiledConstraint | undefined;
  readonly values: CompiledConstraint | undefined;
  readonly sensitive: boolean;
}

interface StructureConstraints {
  readonly members: ReadonlyMap<string, CompiledConstraint>;
  readonly required: ReadonlySet<string>;
}

const none: StructureConstraints = { members: new Map(), required: new Set() };

/** The constraints of one service's inputs, each compiled once, on first use. */
export class ConstraintTable {
  readonly file: ConstraintFile | undefined;
  readonly #exported: Readonly<Record<string, unknown>>;
  readonly #structures = new Map<string, StructureConstraints>();
  readonly #shapes = new Map<string, CompiledConstraint>();

  /** @param clientModule the SDK client, which exports the values of each enum; they are newer than the API model's */
  constructor(file: ConstraintFile | undefined, clientModule: object) {
    this.file = file;
    this.#exported = { ...clientModule };
  }

  of(structure: string): StructureConstraints {
    if (!this.file) return none;
    const known = this.#structures.get(structure);
    if (known) return known;
    const found: StructureConstraints = {
      members: new Map(
        Object.entries(this.file.structures[structure] ?? {}).map(([member, shape]) => [
          member,
          this.#shape(shape),
        ]),
      ),
      required: new Set(this.file.required[structure] ?? []),
    };
    this.#structures.set(structure, found);
    return found;
  }

  #shape(name: string): CompiledConstraint {
    const known = this.#shapes.get(name);
    if (known) return known;
    const constraint = this.file?.shapes[name];
    if (!constraint) throw new TypeError(`constraints.json names the shape ${name} and lacks it`);
    const { min, max, pattern, enum: values, items, keys } = constraint;
    const compiled: CompiledConstraint = {
      min,
      max,
      pattern:
        pattern === undefined ? undefined : { text: pattern, regex: compileJavaPattern(pattern) },
      enum: values === undefined ? undefined : this.#values(values),
      items: items === undefined ? undefined : this.#shape(items),
      keys: keys === undefined ? undefined : this.#shape(keys),
      values: constraint.values === undefined ? undefined : this.#shape(constraint.values),
      sensitive: constraint.sensitive ?? false,
    };
    this.#shapes.set(name, compiled);
    return compiled;
  }

  #values(name: string): ReadonlySet<string> {
    const found = exportedEnum(this.#exported, name);
    if (!found)
      throw new TypeError(`the SDK client exports no enum ${name}, which constraints.json names`);
    return new Set(found.values);
  }
}

/**
 * The enum that an SDK client exports under a name of the API model, which may begin in lower case; EC2's client puts
 * an underscore before some.
 */
export function exportedEnum(
  exported: Readonly<Record<string, unknown>>,
  name: string,
): { readonly name: string; readonly values: readonly string[] } | undefined {
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  for (const candidate of [name, upper, `_${upper}`]) {
    const value = exported[candidate];
    if (typeof value !== 'object' || value === null) continue;
    const values = Object.values(value).filter((item) => typeof item === 'string');
    if (values.length > 0) return { name: candidate, values };
  }
  return undefined;
}
