import { parseXML } from '@aws-sdk/xml-builder';
import { MalformedRequest } from './malformed-request.ts';
import { isRecord, scalarFromText, scalarToText } from './scalars.ts';
import type { Member, Shape, StructureShape } from './shape.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};
// XML 1.0 has no way to write most control characters; AWS replaces them too.
// eslint-disable-next-line no-control-regex -- the control characters are what this expression is about
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const escapeXml = (text: string): string =>
  text.replace(forbidden, '\ufffd').replace(/[&<>"\r]/g, (char) => escapes[char] ?? char);

const element = (name: string, content: string, attributes = ''): string =>
  `<${name}${attributes}>${content}</${name}>`;

/** Writes the members of a structure, without the element around them. */
export function writeXmlMembers(shape: StructureShape, value: unknown): string {
  const source = value as Record<string, unknown>;
  let xml = '';
  for (const member of shape.members) {
    const item = source[member.name];
    if (item === undefined || item === null || member.isAttribute || member.location) continue;
    xml += writeMember(member, item);
  }
  return xml;
}

function writeMember(member: Member, value: unknown): string {
  const { shape, xmlName } = member;
  if (shape.kind === 'list') {
    const items = value as unknown[];
    if (member.flattened)
      return items.map((item) => writeElement(xmlName, shape.item, item)).join('');
    return element(
      xmlName,
      items.map((item) => writeElement(shape.itemXmlName, shape.item, item)).join(''),
    );
  }
  if (shape.kind === 'map') {
    const tag = member.flattened ? xmlName : 'entry';
    const entries = Object.entries(value as Record<string, unknown>)
      .map(([key, item]) =>
        element(
          tag,
          element(shape.keyXmlName, escapeXml(key)) +
            writeElement(shape.valueXmlName, shape.value, item),
        ),
      )
      .join('');
    return member.flattened ? entries : element(xmlName, entries);
  }
  return writeElement(xmlName, shape, value);
}

/** Writes one value under an element name. */
export function writeElement(name: string, shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (shape.kind) {
    case 'structure':
      return element(name, writeXmlMembers(shape, value), attributesOf(shape, value));
    case 'list':
      return element(
        name,
        (value as unknown[])
          .map((item) => writeElement(shape.itemXmlName, shape.item, item))
          .join(''),
      );
    case 'map':
      return element(
        name,
        Object.entries(value)
          .map(([key, item]) =>
            element(
              'entry',
              element(shape.keyXmlName, escapeXml(key)) +
                writeElement(shape.valueXmlName, shape.value, item),
            ),
          )
          .join(''),
      );
    case 'unit':
      return element(name, '');
    default:
      return element(name, escapeXml(scalarToText(shape, value, 'date-time')));
  }
}

function attributesOf(shape: StructureShape, value: unknown): string {
  const source = value as Record<string, unknown>;
  const written = shape.members
    .filter((member) => member.isAttribute && source[member.name] !== undefined)
    .map((member) => ` ${member.xmlName}="${escapeXml(String(source[member.name]))}"`)
    .join('');
  if (written === '') return '';
  const prefix = shape.members.find((member) => member.isAttribute)?.xmlName.split(':')[0];
  return `${prefix === undefined ? '' : ` xmlns:${prefix}="http://www.w3.org/2001/XMLSchema-instance"`}${written}`;
}

/** Parses an XML document and returns the content of its root element. */
export function parseXmlRoot(xml: string): unknown {
  let parsed: unknown;
  try {
    parsed = parseXML(xml);
  } catch (cause) {
    throw new MalformedRequest('the body is not well-formed XML', { cause });
  }
  const root = isRecord(parsed) ? Object.values(parsed)[0] : undefined;
  return root ?? '';
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (isRecord(value) && typeof value['#text'] === 'string') return value['#text'];
  return '';
};

const asList = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
};

const isNamespaceNoise = (key: string): boolean => key === '#text' || key.startsWith('xmlns');

/** Reads parsed XML by schema; unknown elements are refused. */
export function readXml(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return readXmlStructure(shape, value);
    case 'list':
      return isRecord(value)
        ? asList(value[shape.itemXmlName]).map((item) => readXml(shape.item, item))
        : [];
    case 'map':
      return isRecord(value) ? readEntries(shape, asList(value['entry'])) : {};
    case 'unit':
      return {};
    default:
      return scalarFromText(shape, textOf(value));
  }
}

function readXmlStructure(shape: StructureShape, value: unknown): Record<string, unknown> {
  const source = isRecord(value) ? value : {};
  const result: Record<string, unknown> = {};
  const pending = new Set(Object.keys(source).filter((key) => !isNamespaceNoise(key)));
  for (const member of shape.members) {
    if (member.location || !Object.hasOwn(source, member.xmlName)) continue;
    pending.delete(member.xmlName);
    result[member.name] = readXmlMember(member, source[member.xmlName]);
  }
  const [strange] = pending;
  if (strange !== undefined) throw new MalformedRequest(`${shape.name} has no element ${strange}`);
  return result;
}

function readXmlMember({ shape, flattened }: Member, value: unknown): unknown {
  if (flattened && shape.kind === 'list')
    return asList(value).map((item) => readXml(shape.item, item));
  if (flattened && shape.kind === 'map') return readEntries(shape, asList(value));
  return readXml(shape, value);
}

function readEntries(
  shape: { value: Shape; keyXmlName: string; valueXmlName: string },
  entries: readonly unknown[],
): Record<string, unknown> {
  return Object.fromEntries(
    entries.map((entry) => {
      const record = isRecord(entry) ? entry : {};
      return [
        textOf(record[shape.keyXmlName]),
        readXml(shape.value, record[shape.valueXmlName] ?? ''),
      ];
    }),
  );
}
