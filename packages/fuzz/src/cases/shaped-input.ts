import type { CompiledConstraint, ConstraintTable } from '@golden/emulator/wire/constraints.ts';
import type { Shape, StructureShape } from '@golden/emulator/wire/shape.ts';
import type { Choices } from './choices.ts';
import { oddTexts } from './hostile-text.ts';

/** Values of an operation's input: what a client would make JSON of. Times are ISO texts, bytes base64. */
export type Input =
  string | number | boolean | null | readonly Input[] | { readonly [name: string]: Input };

/** A name, id or ARN of something that exists, and what members are called that take it. */
export interface KnownText {
  readonly text: string;
  readonly members: RegExp;
}

const depthMax = 6;
const oddNumbers = [1, 0, -1, 3, 60, 300, 1e9, 2 ** 31, -(2 ** 53), 1e21, 0.5];
const oddTimes = ['2026-11-21T08:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T00:00:00Z'];
const documents = [
  '{}',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  '{"source":["x"]}',
  '{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Succeed"}}}',
  '{"Resources":{"A":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":"x"}}}}',
];

/** What is known of a value besides its shape. */
interface About {
  readonly member: string;
  readonly constraint: CompiledConstraint | undefined;
  readonly depth: number;
}

/** Makes input that has the form of a shape and values that mean something, or nothing, or harm. */
export class ShapedInput {
  readonly #choices: Choices;
  readonly #known: readonly KnownText[];
  readonly #constraints: ConstraintTable;

  constructor(
    choices: Choices,
    from: { known: readonly KnownText[]; constraints: ConstraintTable },
  ) {
    this.#choices = choices;
    this.#known = from.known;
    this.#constraints = from.constraints;
  }

  structure(shape: StructureShape, depth = 0): { readonly [name: string]: Input } {
    const { members: constraints, required: also } = this.#constraints.of(shape.name);
    const chosen = shape.isUnion ? this.#choices.below(shape.members.length) : undefined;
    const isChosen = (isRequired: boolean, index: number): boolean => {
      if (chosen !== undefined) return chosen === index;
      if (isRequired) return !this.#choices.oneIn(25);
      return depth < depthMax && this.#choices.oneIn(shape.members.length > 8 ? 6 : 3);
    };
    const members = shape.members.filter(({ name, required }, index) =>
      isChosen(required || also.has(name), index),
    );
    return Object.fromEntries(
      members.map(({ name, shape: inner }) => [
        name,
        this.#value(inner, { member: name, constraint: constraints.get(name), depth: depth + 1 }),
      ]),
    );
  }

  #value(shape: Shape, about: About): Input {
    const { constraint, depth } = about;
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape, depth);
      case 'list': {
        const item = { ...about, constraint: constraint?.items, depth: depth + 1 };
        return depth > depthMax ? [] : this.#several(() => this.#value(shape.item, item));
      }
      case 'map': {
        const item = { ...about, constraint: constraint?.values, depth: depth + 1 };
        return Object.fromEntries(
          this.#several(() => [
            this.#text({ ...about, constraint: constraint?.keys }),
            this.#value(shape.value, item),
          ]),
        );
      }
      case 'string':
        return this.#text(about);
      case 'boolean':
        return this.#choices.oneIn(2);
      case 'number':
      case 'bigint':
      case 'decimal':
        return this.#number(constraint);
      case 'timestamp':
        return this.#choices.of(oddTimes) ?? '';
      case 'blob':
      case 'stream':
        return Buffer.from(this.#text(about)).toString('base64');
      case 'document':
        return { a: this.#text(about) };
      case 'unit':
        return {};
      default:
        return shape satisfies never;
    }
  }

  #several<T>(make: () => T): T[] {
    const count = this.#choices.of([1, 1, 2, 0, 3, 12]) ?? 1;
    return Array.from({ length: count }, make);
  }

  #number(constraint: CompiledConstraint | undefined): number {
    const { min, max } = constraint ?? {};
    const bounds = [min, max].filter((bound) => bound !== undefined);
    if (bounds.length > 0 && !this.#choices.oneIn(4)) return this.#choices.of(bounds) ?? 0;
    return (
      this.#choices.of([...oddNumbers, ...bounds.flatMap((bound) => [bound - 1, bound + 1])]) ?? 0
    );
  }

  #text({ member, constraint }: About): string {
    const values = constraint?.enum;
    if (values !== undefined && !this.#choices.oneIn(12))
      return this.#choices.of([...values]) ?? '';
    const fitting = this.#known.filter(({ members }) => members.test(member));
    if (fitting.length > 0 && !this.#choices.oneIn(5)) return this.#choices.of(fitting)?.text ?? '';
    switch (this.#choices.below(6)) {
      case 0:
        return 'thing';
      case 1:
        return this.#choices.of(this.#known)?.text ?? '';
      case 2:
        return this.#choices.of(documents) ?? '';
      case 3:
        return this.#choices.of(oddTexts) ?? '';
      case 4:
        return 'x'
          .repeat(this.#choices.of([1, constraint?.max ?? 64, (constraint?.max ?? 255) + 1]) ?? 1)
          .slice(0, 5_000);
      default:
        return (
          this.#choices.of([
            '1',
            'true',
            '2026-11-21',
            'a/b',
            'a:b',
            'a=b',
            'A',
            '1.0.0',
            '10.0.0.0/8',
          ]) ?? ''
        );
    }
  }
}
