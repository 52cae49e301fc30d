import type { ConstraintTable } from '../wire/constraints.ts';
import { isRecord } from '../wire/scalars.ts';
import type { Shape, StructureShape } from '../wire/shape.ts';
import { AwsError } from './aws-error.ts';
import { brokenParts } from './check-constraint.ts';
import { constraintsError, javaPath, type InputProblem, type InputStep } from './input-problem.ts';

/** How a service answers what does not fit its model. */
interface InputRefusal {
  readonly validationError: string;
  readonly refuseInput?: (problems: readonly InputProblem[], operation: string) => AwsError;
  readonly ownChecks?: ReadonlySet<string>;
}

/** How many problems an error names; those after them show when these are mended. */
const problemsMax = 10;

/**
 * Checks an input against its model: no unknown member, values of the right type, required members there, lengths,
 * ranges, patterns and enums kept. Copies the input, so that caller and service share no object.
 *
 * @throws AwsError the service's own; it names every problem, but an unknown member or a wrong type ends the check
 */
export function checkInput(options: {
  readonly operation: { readonly name: string; readonly input: Shape };
  readonly constraints: ConstraintTable;
  readonly input: unknown;
  readonly refusal: InputRefusal;
}): unknown {
  const { operation, refusal } = options;
  if (operation.input.kind !== 'structure') return {};
  const check = new InputCheck(options.constraints, refusal.validationError);
  const checked = check.structure(operation.input, options.input, undefined);
  if (check.problems.length === 0 || refusal.ownChecks?.has(operation.name)) return checked;
  throw (
    refusal.refuseInput?.(check.problems, operation.name) ??
    constraintsError(refusal.validationError, check.problems)
  );
}

/** Where in an input the check is; written out only where something is wrong. */
interface Place {
  readonly above: Place | undefined;
  readonly step: InputStep;
}

class InputCheck {
  readonly problems: InputProblem[] = [];
  readonly #constraints: ConstraintTable;
  readonly #typeError: string;

  constructor(constraints: ConstraintTable, typeError: string) {
    this.#constraints = constraints;
    this.#typeError = typeError;
  }

  structure(
    shape: StructureShape,
    value: unknown,
    place: Place | undefined,
  ): Record<string, unknown> {
    if (!isRecord(value)) throw this.#wrongType(place, `the structure ${shape.name}`, value);
    const result: Record<string, unknown> = {};
    const { members, required } = this.#constraints.of(shape.name);
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined || item === null) continue;
      const member = shape.byName.get(key);
      if (!member) throw this.#unknownMember(shape, key, place);
      const at: Place = { above: place, step: { member } };
      result[key] = this.#value(member.shape, item, at);
      const constraint = members.get(key);
      if (constraint)
        for (const broken of brokenParts(constraint, item))
          this.#add(at, { part: item, ...broken, value: item, sensitive: constraint.sensitive });
    }
    for (const member of shape.members)
      if (!(member.name in result) && (member.required || required.has(member.name)))
        this.#add({ above: place, step: { member } }, missing);
    return result;
  }

  #add(place: Place, problem: Omit<InputProblem, 'path'>): void {
    if (this.problems.length < problemsMax) this.problems.push({ ...problem, path: pathTo(place) });
  }

  #value(shape: Shape, value: unknown, place: Place): unknown {
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape, value, place);
      case 'list':
        if (!Array.isArray(value)) throw this.#wrongType(place, 'a list', value);
        return value.map((item, index) =>
          this.#value(shape.item, item, { above: place, step: { item: index + 1 } }),
        );
      case 'map':
        if (!isRecord(value)) throw this.#wrongType(place, 'a map', value);
        return Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [
              key,
              this.#value(shape.value, item, { above: place, step: { key } }),
            ]),
        );
      case 'string':
        if (typeof value !== 'string') throw this.#wrongType(place, 'a string', value);
        return value;
      case 'number':
        if (typeof value !== 'number') throw this.#wrongType(place, 'a number', value);
        return value;
      case 'boolean':
        if (typeof value !== 'boolean') throw this.#wrongType(place, 'a boolean', value);
        return value;
      default:
        return value;
    }
  }

  #unknownMember(shape: StructureShape, key: string, place: Place | undefined): AwsError {
    const where = place === undefined ? '' : ` at ${javaPath({ path: pathTo(place) })}`;
    return new AwsError(
      this.#typeError,
      `Unknown parameter in ${shape.name}${where}: "${key}", it has ${shape.members.map((member) => member.name).join(', ')}`,
    );
  }

  #wrongType(place: Place | undefined, wanted: string, value: unknown): AwsError {
    const where = place === undefined ? 'input' : javaPath({ path: pathTo(place) });
    return new AwsError(
      this.#typeError,
      `Invalid type for parameter ${where}: expected ${wanted}, not ${JSON.stringify(value)}`,
    );
  }
}

const missing: Omit<InputProblem, 'path'> = {
  rule: 'required',
  measures: 'value',
  limit: '',
  value: undefined,
  part: undefined,
  sensitive: false,
  says: 'Member must not be null',
};

function pathTo(place: Place): readonly InputStep[] {
  const path: InputStep[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) path.unshift(at.step);
  return path;
}
