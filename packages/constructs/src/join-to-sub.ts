import { type Template } from './drop-redundant-dependencies.ts';

/**
 * Writes every `Fn::Join` of texts and references as the shorter `Fn::Sub`: `arn:${AWS::Partition}:...` instead of a list
 * of parts. Means the same, is easier to read, and saves a third of a policy.
 */
export const joinToSub = (template: Template): Template => ({
  ...template,
  Resources: rewritten(template.Resources) as Template['Resources'],
});

const rewritten = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(rewritten);
  if (typeof node !== 'object' || node === null) return node;
  const text = substitution(node);
  if (text !== undefined) return { 'Fn::Sub': text };
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, rewritten(inner)]));
};

/** The text of the `Fn::Sub` that says what a `Fn::Join` says; undefined where there is none. */
const substitution = (node: object): string | undefined => {
  const join: unknown = 'Fn::Join' in node ? node['Fn::Join'] : undefined;
  if (!Array.isArray(join)) return undefined;
  const [separator, parts] = join as unknown[];
  if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
  const texts = parts.map(substituted);
  return texts.includes(undefined) ? undefined : texts.join(literal(separator));
};

const substituted = (part: unknown): string | undefined => {
  if (typeof part === 'string') return literal(part);
  if (typeof part !== 'object' || part === null) return undefined;
  if ('Ref' in part && typeof part.Ref === 'string') return `\${${part.Ref}}`;
  const attribute: unknown = 'Fn::GetAtt' in part ? part['Fn::GetAtt'] : undefined;
  if (Array.isArray(attribute) && attribute.every((name) => typeof name === 'string'))
    return `\${${attribute.join('.')}}`;
  return substitution(part);
};

/** `${` would begin a reference; `${!` is how it is written when it does not. */
const literal = (text: string): string => text.replaceAll('${', '${!');
