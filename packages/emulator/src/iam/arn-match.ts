import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyText, TextPart } from './policy-text.ts';
import { colonsBeforeVariable } from './policy-text.ts';
import type { GlobPart, Matcher } from './wildcard.ts';
import { compileGlob, globParts } from './wildcard.ts';

const arnComponents = 6;
const partitions = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** The six components of an ARN, the last with all its colons; undefined for what is not an ARN. */
export function splitArn(arn: string): readonly string[] | undefined {
  const all = arn.split(':');
  if (all.length < arnComponents || all[0] !== 'arn') return undefined;
  return [...all.slice(0, arnComponents - 1), all.slice(arnComponents - 1).join(':')];
}

/** The account of an ARN, or undefined where it has none (a bucket) or AWS owns the resource. */
export function accountOfArn(arn: string): string | undefined {
  const account = splitArn(arn)?.[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/**
 * Compiles the pattern of ArnLike and ArnEquals: each of the six components is compared on its own.
 *
 * @throws MalformedPolicy when the pattern has fewer than six components
 * Source: IAM User Guide, "Condition operators", ARN operators.
 */
export function compileArnPattern(parts: readonly TextPart[]): Matcher {
  const components: GlobPart[][] = [[]];
  for (const part of parts) {
    const texts = part.text.split(':');
    texts.forEach((text, index) => {
      if (index > 0) {
        if (components.length < arnComponents) components.push([]);
        else components.at(-1)?.push({ text: ':' });
      }
      if (text !== '') components.at(-1)?.push(...(part.pattern ? globParts(text) : [{ text }]));
    });
  }
  if (components.length < arnComponents)
    throw new MalformedPolicy(`${parts.map((part) => part.text).join('')} is not an arn`);
  const matchers = components.map(compileGlob);
  return (value) =>
    splitArn(value)?.every((component, index) => matchers[index]?.(component) ?? false) ?? false;
}

/**
 * Compiles a Resource pattern. In the first five segments of an ARN a `*` stays inside its segment unless it
 * is the last character of it; then, and in the resource part, it also matches colons.
 *
 * Source: IAM User Guide, "Resource", wildcards in resource ARNs.
 */
export function compileResourcePattern(parts: readonly TextPart[]): Matcher {
  const source = parts.map((part) => part.text).join('');
  const globs: GlobPart[] = [];
  let segment = 0;
  let offset = 0;
  for (const part of parts) {
    for (const char of part.text) {
      offset += char.length;
      const next = source[offset];
      if (char === ':') segment++;
      const free = segment >= arnComponents - 1;
      if (part.pattern && char === '*')
        globs.push({
          wildcard: free || next === undefined || next === ':' ? 'many' : 'many-in-segment',
        });
      else if (part.pattern && char === '?')
        globs.push({ wildcard: free ? 'one' : 'one-in-segment' });
      else globs.push({ text: char });
    }
  }
  return compileGlob(globs);
}

/**
 * Checks the form of a Resource or NotResource value.
 *
 * @throws MalformedPolicy for what is neither `*` nor an ARN of a named service, or has a variable too early
 * Source: IAM User Guide, "Resource" (no wildcard in the service segment), "Variables and tags" (variables
 * only behind the fifth colon).
 */
export function checkResource(text: PolicyText): void {
  const { source } = text;
  if (source === '*') return;
  const [scheme, partition = '', service = '', ...rest] = source.split(':');
  if (scheme !== 'arn')
    throw new MalformedPolicy(`resource ${source} must be in arn format or "*"`);
  if (!partitions.has(partition) && !/[*?]/.test(partition))
    throw new MalformedPolicy(`partition "${partition}" is not valid for resource ${source}`);
  if (!/^[a-z0-9-]+$/.test(service))
    throw new MalformedPolicy(
      `resource ${source} must name one service, without wildcards, as its third component`,
    );
  if (rest.length === 0 || (rest.length < 3 && !source.endsWith('*')))
    throw new MalformedPolicy(`resource ${source} has fewer than six components`);
  const colons = colonsBeforeVariable(text);
  if (colons !== undefined && colons < arnComponents - 1)
    throw new MalformedPolicy(`resource ${source} has a policy variable before the fifth colon`);
}
