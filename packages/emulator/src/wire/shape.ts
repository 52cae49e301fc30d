import { NormalizedSchema } from '@smithy/core/schema';

/** How a timestamp is written when its member does not say; the smithy names of the three formats. */
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** Where a member of a REST operation travels. A member without a location is part of the body document. */
export type Location =
  | { readonly in: 'label' }
  | { readonly in: 'query'; readonly name: string }
  | { readonly in: 'query-params' }
  | { readonly in: 'header'; readonly name: string }
  | { readonly in: 'prefix-headers'; readonly prefix: string }
  | { readonly in: 'payload' }
  | { readonly in: 'status-code' };

/** One member of a structure, with every wire name that any protocol gives it. */
export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly location: Location | undefined;
  readonly jsonName: string;
  readonly xmlName: string;
  readonly ec2Name: string;
  readonly flattened: boolean;
  readonly isAttribute: boolean;
}

export interface StructureShape {
  readonly kind: 'structure';
  readonly name: string;
  readonly isUnion: boolean;
  readonly xmlName: string;
  readonly xmlNamespace: string | undefined;
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
}
export interface ListShape {
  readonly kind: 'list';
  readonly item: Shape;
  readonly itemXmlName: string;
  readonly sparse: boolean;
}
export interface MapShape {
  readonly kind: 'map';
  readonly value: Shape;
  readonly keyXmlName: string;
  readonly valueXmlName: string;
}
export interface ScalarShape {
  readonly kind:
    'string' | 'number' | 'boolean' | 'blob' | 'stream' | 'document' | 'bigint' | 'decimal';
  readonly idempotencyToken?: boolean;
  /** A media type on a string means: a JSON header value is base64-coded. */
  readonly mediaType?: string | undefined;
}
export interface TimestampShape {
  readonly kind: 'timestamp';
  /** Set when the model fixes the format, else the protocol's default counts. */
  readonly format: TimestampFormat | undefined;
}
export type Shape =
  StructureShape | ListShape | MapShape | ScalarShape | TimestampShape | UnitShape;
export interface UnitShape {
  readonly kind: 'unit';
}

type Traits = Readonly<Record<string, unknown>>;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const timestampFormats: Readonly<Record<number, TimestampFormat>> = {
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
};

const compiled = new WeakMap<object, StructureShape>();

/**
 * Compiles an SDK schema into a {@link Shape} tree. Structures are compiled once and may be recursive.
 *
 * @param schema a schema as the SDK clients export it (source: `@smithy/core/schema`)
 */
export function compileShape(schema: unknown): Shape {
  return compileNormalized(
    NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]),
  );
}

function compileNormalized(schema: NormalizedSchema): Shape {
  if (schema.isUnitSchema()) return { kind: 'unit' };
  if (schema.isStructSchema()) return compileStructure(schema);
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const traits: Traits = item.getMergedTraits();
    return {
      kind: 'list',
      item: compileNormalized(item),
      itemXmlName: text(traits['xmlName']) ?? 'member',
      sparse: Boolean(traits['sparse']),
    };
  }
  if (schema.isMapSchema()) {
    const value = schema.getValueSchema();
    return {
      kind: 'map',
      value: compileNormalized(value),
      keyXmlName: text((schema.getKeySchema().getMergedTraits() as Traits)['xmlName']) ?? 'key',
      valueXmlName: text((value.getMergedTraits() as Traits)['xmlName']) ?? 'value',
    };
  }
  return compileScalar(schema);
}

function compileScalar(schema: NormalizedSchema): Shape {
  const traits: Traits = schema.getMergedTraits();
  if (schema.isTimestampSchema()) {
    const code = schema.getSchema();
    return {
      kind: 'timestamp',
      format: typeof code === 'number' ? timestampFormats[code] : undefined,
    };
  }
  if (schema.isBlobSchema()) return { kind: schema.isStreaming() ? 'stream' : 'blob' };
  if (schema.isBooleanSchema()) return { kind: 'boolean' };
  if (schema.isNumericSchema()) return { kind: 'number' };
  if (schema.isBigIntegerSchema()) return { kind: 'bigint' };
  if (schema.isBigDecimalSchema()) return { kind: 'decimal' };
  if (schema.isDocumentSchema()) return { kind: 'document' };
  return {
    kind: 'string',
    idempotencyToken: schema.isIdempotencyToken(),
    mediaType: text(traits['mediaType']),
  };
}

function compileStructure(schema: NormalizedSchema): StructureShape {
  const raw = schema.getSchema() as unknown as readonly unknown[];
  const known = compiled.get(raw);
  if (known) return known;
  const requiredCount = typeof raw[6] === 'number' ? raw[6] : 0;
  const own: Traits = schema.getOwnTraits();
  const members: Member[] = [];
  const byName = new Map<string, Member>();
  const name = schema.getName() ?? '';
  const shape: StructureShape = {
    kind: 'structure',
    name,
    isUnion: schema.isUnionSchema(),
    xmlName: text(own['xmlName']) ?? name,
    xmlNamespace: namespaceOf(own),
    members,
    byName,
  };
  compiled.set(raw, shape);
  for (const [memberName, memberSchema] of schema.structIterator()) {
    const member = compileMember(memberName, memberSchema, members.length < requiredCount);
    members.push(member);
    byName.set(memberName, member);
  }
  return shape;
}

function compileMember(name: string, schema: NormalizedSchema, required: boolean): Member {
  const traits: Traits = schema.getMergedTraits();
  // A structure's own xmlName names it as a document root; only the member's name counts inside another one.
  const memberTraits: Traits = schema.getMemberTraits();
  const xmlName = text(memberTraits['xmlName']);
  const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return {
    name,
    shape: compileNormalized(schema),
    required,
    location: locationOf(traits),
    jsonName: text(traits['jsonName']) ?? name,
    xmlName: xmlName ?? name,
    ec2Name: text(traits['ec2QueryName']) ?? upperFirst(xmlName ?? name),
    flattened: Boolean(traits['xmlFlattened']),
    isAttribute: Boolean(traits['xmlAttribute']),
  };
}

function namespaceOf(traits: Traits): string | undefined {
  const value = traits['xmlNamespace'];
  return Array.isArray(value) ? text(value[1]) : undefined;
}

function locationOf(traits: Traits): Location | undefined {
  if (traits['httpLabel']) return { in: 'label' };
  if (traits['httpPayload']) return { in: 'payload' };
  if (traits['httpQueryParams']) return { in: 'query-params' };
  if (traits['httpResponseCode']) return { in: 'status-code' };
  const query = text(traits['httpQuery']);
  if (query !== undefined) return { in: 'query', name: query };
  const header = text(traits['httpHeader']);
  if (header !== undefined) return { in: 'header', name: header.toLowerCase() };
  const prefix = text(traits['httpPrefixHeaders']);
  if (prefix !== undefined) return { in: 'prefix-headers', prefix: prefix.toLowerCase() };
  return undefined;
}
