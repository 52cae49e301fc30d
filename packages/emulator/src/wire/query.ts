import { MalformedRequest } from './malformed-request.ts';
import { scalarFromText } from './scalars.ts';
import type { Member, Shape } from './shape.ts';

/** The two form protocols differ in key names and in how lists nest. */
export type QueryDialect = 'query' | 'ec2';

/** A form body as a tree: `A.member.1.B=x` becomes `{A: {member: {1: {B: 'x'}}}}`. */
interface FormNode {
  value?: string;
  children?: Map<string, FormNode>;
}

const nestingMax = 32;

/** Reads a form body (`Action=...&Version=...&...`) into operation input; unknown keys are refused. */
export function readQuery(
  shape: Shape,
  form: URLSearchParams,
  dialect: QueryDialect,
): Record<string, unknown> {
  const root: FormNode = {};
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    insert(root, key, value);
  }
  if (shape.kind === 'unit') return {};
  const read = readNode(shape, root, dialect, '');
  return (read ?? {}) as Record<string, unknown>;
}

function insert(root: FormNode, key: string, value: string): void {
  const parts = key.split('.');
  if (parts.length > nestingMax)
    throw new MalformedRequest(`the key ${key} nests more than ${nestingMax} levels`);
  let node = root;
  for (const part of parts) {
    node.children ??= new Map();
    let child = node.children.get(part);
    if (!child) {
      child = {};
      node.children.set(part, child);
    }
    node = child;
  }
  node.value = value;
}

function readNode(shape: Shape, node: FormNode, dialect: QueryDialect, path: string): unknown {
  switch (shape.kind) {
    case 'structure': {
      const result: Record<string, unknown> = {};
      const pending = new Map(node.children);
      for (const member of shape.members) {
        const key = keyOf(member, dialect);
        const child = pending.get(key);
        if (!child) continue;
        pending.delete(key);
        result[member.name] = readMember(member, child, dialect, `${path}${key}`);
      }
      const [strange] = pending.keys();
      if (strange !== undefined)
        throw new MalformedRequest(`${shape.name} has no member ${path}${strange}`, {
          part: 'member',
        });
      return result;
    }
    case 'list':
      return readList(shape.item, child(node, shape.itemXmlName) ?? node, dialect, path);
    case 'map':
      return readMap(shape.value, shape, child(node, 'entry') ?? node, dialect, path);
    case 'unit':
      return {};
    default:
      return scalarFromText(shape, node.value ?? '');
  }
}

const child = (node: FormNode, key: string): FormNode | undefined => node.children?.get(key);

function readMember(member: Member, node: FormNode, dialect: QueryDialect, path: string): unknown {
  const { shape } = member;
  if (shape.kind === 'list') {
    const items =
      dialect === 'ec2' || member.flattened ? node : (child(node, shape.itemXmlName) ?? {});
    return readList(shape.item, items, dialect, path);
  }
  if (shape.kind === 'map') {
    const entries = member.flattened ? node : (child(node, 'entry') ?? {});
    return readMap(shape.value, shape, entries, dialect, path);
  }
  return readNode(shape, node, dialect, `${path}.`);
}

function byIndex(node: FormNode, path: string): FormNode[] {
  return [...(node.children ?? new Map<string, FormNode>())]
    .map(([key, item]) => {
      if (!/^\d{1,6}$/.test(key)) throw new MalformedRequest(`${path}.${key} is not a list index`);
      return { index: Number(key), item };
    })
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

function readList(item: Shape, node: FormNode, dialect: QueryDialect, path: string): unknown[] {
  return byIndex(node, path).map((entry, index) =>
    readNode(item, entry, dialect, `${path}.${index + 1}.`),
  );
}

function readMap(
  value: Shape,
  names: { keyXmlName: string; valueXmlName: string },
  node: FormNode,
  dialect: QueryDialect,
  path: string,
): Record<string, unknown> {
  return Object.fromEntries(
    byIndex(node, path).map((entry, index) => [
      child(entry, names.keyXmlName)?.value ?? '',
      readNode(value, child(entry, names.valueXmlName) ?? {}, dialect, `${path}.${index + 1}.`),
    ]),
  );
}

const keyOf = (member: Member, dialect: QueryDialect): string =>
  dialect === 'ec2' ? member.ec2Name : member.xmlName;
