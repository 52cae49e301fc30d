import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type Pair,
  type Tags,
} from 'yaml';
import { validationError } from './validation-error.ts';
import { isTooDeep, jsonDepthMax, parseShallowJson } from '../wire/json-depth.ts';

const nestingMax = 100;
/** What CloudFormation leaves out of YAML 1.1. Source: User Guide, "Template formats", YAML. */
const tagsLeftOut = ['binary', 'omap', 'pairs', 'set', 'timestamp', 'merge'];

/**
 * Reads a template's text, JSON or YAML, into plain objects with the long forms of the intrinsic functions.
 *
 * @throws AwsError ValidationError
 */
export function parseTemplateText(text: string): unknown {
  return text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return parseShallowJson(text);
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const before = text.slice(0, position === undefined ? text.length : Number(position));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    throw validationError(
      `Template format error: JSON not well-formed. (line ${line}, column ${column})`,
    );
  }
}

function parseYaml(text: string): unknown {
  if (isTooDeep(text))
    throw validationError(
      `Template format error: YAML nests more than ${jsonDepthMax} levels; make it flatter`,
    );
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags: Tags) =>
      tags.filter((tag) =>
        typeof tag === 'string'
          ? !tagsLeftOut.includes(tag)
          : !tagsLeftOut.some((name) => tag.tag.endsWith(name) || tag.tag === '<<'),
      ),
    merge: false,
    lineCounter,
    logLevel: 'silent',
  });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw validationError(
      `Template format error: YAML not well-formed. (line ${line}, column ${col})`,
    );
  }
  return toPlain(document.contents, 0);
}

function toPlain(node: Node | Pair | null, depth: number): unknown {
  if (depth > nestingMax)
    throw validationError(`Template format error: nests more than ${nestingMax} levels`);
  if (node === null) return null;
  if (isAlias(node))
    throw validationError(
      'Template format error: YAML aliases are not allowed in CloudFormation templates',
    );
  if (isScalar(node)) return withTag(node.tag, taggedScalar(node), depth);
  if (isSeq<Node>(node))
    return withTag(
      node.tag,
      node.items.map((item) => toPlain(item, depth + 1)),
      depth,
    );
  if (isMap<Node, Node | null>(node)) {
    const entries = node.items.map(({ key, value }): [string, unknown] => [
      keyText(key),
      toPlain(value, depth + 1),
    ]);
    return withTag(node.tag, Object.fromEntries(entries), depth);
  }
  throw validationError('Template format error: unsupported structure.');
}

/** The argument of a short form is text, whatever it looks like. */
function taggedScalar(node: { value: unknown; source?: string; tag?: string }): unknown {
  if (node.tag?.startsWith('!') === true) return node.source ?? '';
  return node.value;
}

function keyText(key: Node): string {
  if (!isScalar(key)) throw validationError('Template format error: unsupported structure.');
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** Short forms that have no `Fn::` in their long one. */
const bareForms = new Set(['Ref', 'Condition']);

function withTag(tag: string | undefined, value: unknown, depth: number): unknown {
  if (!tag?.startsWith('!') || tag.length === 1) return value;
  const name = tag.slice(1);
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name) || depth === 0)
    throw validationError(`Template format error: unresolved tag ${tag}`);
  if (bareForms.has(name)) return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}
