import { isRecord } from '../../wire/scalars.ts';
import { MalformedPattern } from './malformed-pattern.ts';

/** Property names and positions, from the root on. */
export type Selector = readonly (string | number)[];

const step = /^(?:\.([A-Za-z0-9_-]+)|\[(\d+)\]|\.?\[(?:'([^']*)'|"([^"]*)")\])/;

/**
 * Reads a selector such as `$.users[0].id` or `$.detail-type` at the beginning of a text.
 *
 * @throws MalformedPattern
 */
export function readSelector(text: string): {
  readonly selector: Selector;
  readonly length: number;
} {
  if (!text.startsWith('$'))
    throw new MalformedPattern(
      `a selector begins with $, found ${JSON.stringify(text.slice(0, 20))}`,
    );
  const selector: (string | number)[] = [];
  let length = 1;
  for (let match = step.exec(text.slice(length)); match; match = step.exec(text.slice(length))) {
    const [all, name, position, single, double] = match;
    selector.push(position === undefined ? (name ?? single ?? double ?? '') : Number(position));
    length += all.length;
  }
  const next = text.charAt(length);
  if (selector.length === 0 || next === '.' || next === '[')
    throw new MalformedPattern(`cannot read the selector ${JSON.stringify(text.split(/\s/)[0])}`);
  return { selector, length };
}

/** What a selector points at; undefined where it points at nothing. */
export function selectValue(event: unknown, selector: Selector): unknown {
  let value = event;
  for (const key of selector) {
    if (typeof key === 'number')
      value = Array.isArray(value) ? (value as unknown[])[key] : undefined;
    else value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
