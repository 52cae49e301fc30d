import { describe, expect, it } from '@jest/globals';
import { brokenValues, fittingStructure } from '../../test/fitting-value.ts';
import { serviceFixture } from '../../test/world-fixture.ts';
import { services } from '../emulator.ts';
import { compileJavaPattern } from '../wire/java-pattern.ts';
import type { Shape, StructureShape } from '../wire/shape.ts';
import { AwsError } from './aws-error.ts';
import type { ServiceDefinition } from './service.ts';

/** What services answer that do not answer every problem with one code. */
const codes: Readonly<Record<string, { readonly missing: RegExp; readonly wrong: RegExp }>> = {
  cloudwatch: {
    missing: /^(MissingParameter|ValidationError)$/,
    wrong: /^(ValidationError|InvalidParameterValue)$/,
  },
  // Members of CreateTable that are not modelled are refused before their values are looked at.
  dynamodb: { missing: /^ValidationException$/, wrong: /^(ValidationException|NotImplemented)$/ },
  ec2: { missing: /^MissingParameter$/, wrong: /^InvalidParameterValue$/ },
  imagebuilder: { missing: /^InvalidRequestException$/, wrong: /^InvalidParameterValueException$/ },
  s3: {
    missing: /^(InvalidRequest|MissingRequestBodyError)$/,
    wrong: /^(InvalidArgument|InvalidStorageClass|MalformedXML)$/,
  },
  sqs: { missing: /^MissingParameter$/, wrong: /^(InvalidAttributeName|InvalidParameterValue)$/ },
};

/** The operations that have an input, with the smallest one that fits its model. */
const inputsOf = (service: ServiceDefinition) =>
  Object.keys(service.operations).flatMap((operation) => {
    const shape = service.model.operations.get(operation)?.input;
    return shape?.kind === 'structure'
      ? [{ operation, shape, fitting: fittingStructure(shape, service.model.constraints) }]
      : [];
  });

const { world, admin, account } = serviceFixture(services, { throttling: false });

/** The error of one call, `none` where there is none. */
async function refusal(
  service: ServiceDefinition,
  operation: string,
  input: Record<string, unknown>,
): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await world.invoke({
      service,
      operation,
      input,
      caller: admin,
      account,
      region: 'eu-west-1',
      via: [],
      requestId: 'request',
    });
    return { code: 'none', message: '' };
  } catch (error) {
    if (error instanceof AwsError) return error;
    return { code: 'defect', message: String(error) };
  }
}

/** What backtracks in patterns of words, paths, ARNs and rows of blanks. */
const hostileUnits = ['a', '1', ' ', 'a ', 'a.', 'a-', 'a/', ':', '/', '$.a'];

/** Whether a pattern takes ever longer on ever longer texts; it is left as soon as that shows. */
function isSlow(pattern: string): boolean {
  const regex = compileJavaPattern(pattern);
  const texts = [16, 20, 24, 28, 512, 2048].flatMap((length) =>
    hostileUnits.flatMap((unit) =>
      ['!', '\u0000', '\n'].map((end) => unit.repeat(length).slice(0, length - 1) + end),
    ),
  );
  return texts.some((text) => {
    // Processor time: on a busy machine anything may take long.
    const began = process.cpuUsage();
    regex.test(text);
    const { user, system } = process.cpuUsage(began);
    return user + system > 250_000;
  });
}

const named = services.map((service) => [service.name, service] as const);

describe('the inputs of every operation', () => {
  it.each(named)('of %s keep to the constraints of the model', async (name, service) => {
    const wrong = codes[name]?.wrong ?? new RegExp(`^${service.validationError}$`);
    // A service may have the same code for what it finds out later; who has no words of its own says which rule it is.
    const says =
      service.refuseInput === undefined && service.ownChecks === undefined
        ? /validation errors? detected: .*failed to satisfy constraint/s
        : /./;
    const taken: string[] = [];
    for (const { operation, shape, fitting } of inputsOf(service))
      for (const [member, constraint] of service.model.constraints.of(shape.name).members) {
        const memberShape = shape.byName.get(member)?.shape;
        if (!memberShape) throw new Error(`${shape.name} has no ${member}`);
        for (const [part, value] of brokenValues(
          memberShape,
          constraint,
          service.model.constraints,
        )) {
          const error = await refusal(service, operation, { ...fitting, [member]: value });
          if (!wrong.test(error.code) || !says.test(error.message))
            taken.push(`${operation} ${member} ${part}: ${error.code} ${error.message}`);
        }
      }
    expect(taken).toEqual([]);
  });

  it.each(named)('of %s have the required members', async (name, service) => {
    const missing = codes[name]?.missing ?? new RegExp(`^${service.validationError}$`);
    const taken: string[] = [];
    for (const { operation, fitting } of inputsOf(service))
      for (const member of Object.keys(fitting)) {
        const error = await refusal(service, operation, { ...fitting, [member]: undefined });
        if (!missing.test(error.code))
          taken.push(`${operation} ${member}: ${error.code} ${error.message}`);
      }
    expect(taken).toEqual([]);
  });
});

/** The structures that the inputs of a service's operations are made of. */
function structuresOf(service: ServiceDefinition): ReadonlyMap<string, StructureShape> {
  const found = new Map<string, StructureShape>();
  const walk = (shape: Shape): void => {
    if (shape.kind === 'list') walk(shape.item);
    if (shape.kind === 'map') walk(shape.value);
    if (shape.kind !== 'structure' || found.has(shape.name)) return;
    found.set(shape.name, shape);
    for (const member of shape.members) walk(member.shape);
  };
  for (const operation of Object.keys(service.operations)) {
    const model = service.model.operations.get(operation);
    if (model) walk(model.input);
  }
  return found;
}

describe('constraints.json', () => {
  it.each(named)('of %s was read for the operations of the service', (_, service) => {
    expect(service.model.constraints.file?.operations).toEqual(
      Object.keys(service.operations).sort(),
    );
  });

  it.each(named)('of %s names structures and members that the SDK has', (_, service) => {
    const structures = structuresOf(service);
    const { file } = service.model.constraints;
    const members = [
      ...Object.entries(file?.structures ?? {}).map(
        ([structure, names]) => [structure, Object.keys(names)] as const,
      ),
      ...Object.entries(file?.required ?? {}),
    ].flatMap(([structure, names]) => names.map((name) => [structure, name] as const));
    expect(
      members.filter(([structure, name]) => !structures.get(structure)?.byName.has(name)),
    ).toEqual([]);
  });

  it.each(named)('of %s names every shape and every enum that it uses', (_, service) => {
    for (const structure of structuresOf(service).keys())
      expect(() => service.model.constraints.of(structure)).not.toThrow();
  });

  it.each(named)('of %s has no pattern that a hostile text keeps busy', (_, service) => {
    const shapes = Object.entries(service.model.constraints.file?.shapes ?? {});
    expect(
      shapes.flatMap(([name, { pattern }]) => (pattern && isSlow(pattern) ? [name] : [])),
    ).toEqual([]);
  });

  it('would be found to have one', () => {
    expect(isSlow('( *[ -~]+)*')).toBe(true);
  });

  it('covers all of AWS that is here', () => {
    const counts = services.map(
      (service) => Object.keys(service.model.constraints.file?.structures ?? {}).length,
    );
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(700);
  });
});
