import type { Json, Template } from './definition.ts';
import { isExpression } from './expression.ts';
import { isJsonArray, isJsonObject, type JsonObject } from './json-kinds.ts';
import type { Problems } from './problems.ts';

export interface NumberBounds {
  readonly min: number;
  readonly max?: number;
  readonly whole: boolean;
}

/** The fields of one object of a definition. What has the wrong form becomes a problem and reads as absent. */
export class FieldReader {
  readonly members: JsonObject;
  readonly location: string;
  readonly problems: Problems;

  constructor(members: JsonObject, location: string, problems: Problems) {
    this.members = members;
    this.location = location;
    this.problems = problems;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name);
  }

  at(name: string): string {
    return `${this.location === '/' ? '' : this.location}/${name}`;
  }

  get(name: string): Json | undefined {
    return this.has(name) ? this.members[name] : undefined;
  }

  require(names: readonly string[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length > 0)
      this.problems.schema(`These fields are required: [${missing.join(', ')}]`, this.location);
  }

  /** Reports every field that this kind of object does not have. */
  allowOnly(names: readonly string[]): void {
    for (const name of Object.keys(this.members))
      if (!names.includes(name))
        this.problems.schema(`Field '${name}' is not supported`, this.location);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    this.problems.schema('Expected value of type [STRING]', this.at(name));
    return undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name);
    const value = values.find((known) => known === text);
    if (text !== undefined && value === undefined)
      this.problems.schema(
        `Value should be one of the following: [${values.join(', ')}]`,
        this.at(name),
      );
    return value;
  }

  number(name: string, bounds: NumberBounds): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || (bounds.whole && !Number.isInteger(value))) {
      this.problems.schema(
        `Expected value of type [${bounds.whole ? 'INTEGER' : 'NUMBER'}]`,
        this.at(name),
      );
      return undefined;
    }
    if (value < bounds.min || value > (bounds.max ?? Infinity)) {
      const upTo = bounds.max === undefined ? '' : ` and at most ${String(bounds.max)}`;
      this.problems.schema(`Value must be at least ${String(bounds.min)}${upTo}`, this.at(name));
      return undefined;
    }
    return value;
  }

  /** A number, or an expression whose result is checked when it is known. */
  numberOrExpression(name: string, bounds: NumberBounds): Template | undefined {
    const value = this.get(name);
    return typeof value === 'string' && isExpression(value) ? value : this.number(name, bounds);
  }

  object(name: string): FieldReader | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new FieldReader(value, this.at(name), this.problems);
    this.problems.schema('Expected value of type [OBJECT]', this.at(name));
    return undefined;
  }

  objects(name: string): readonly FieldReader[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (!isJsonArray(value)) {
      this.problems.schema('Expected value of type [ARRAY]', this.at(name));
      return [];
    }
    return value.flatMap((item, index) => {
      const location = `${this.at(name)}[${String(index)}]`;
      if (isJsonObject(item)) return [new FieldReader(item, location, this.problems)];
      this.problems.schema('Expected value of type [OBJECT]', location);
      return [];
    });
  }

  /** An object with expressions in it, or one expression for the whole. */
  objectOrExpression(name: string): Template | undefined {
    const value = this.get(name);
    if (value === undefined || isJsonObject(value)) return value;
    if (typeof value === 'string' && isExpression(value)) return value;
    this.problems.schema('Expected value of type [OBJECT] or a JSONata expression', this.at(name));
    return undefined;
  }
}
