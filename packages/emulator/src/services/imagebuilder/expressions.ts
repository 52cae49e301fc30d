import { isRecord } from '../../wire/scalars.ts';

const expression = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** All expressions in the texts of a value, without braces. */
export function expressionsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(expression)].map(([, inner = '']) => inner);
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  return isRecord(value) ? Object.values(value).flatMap(expressionsIn) : [];
}

/** Replaces every expression in the texts of a value. */
export async function resolveExpressions(
  value: unknown,
  resolve: (inner: string) => Promise<string>,
): Promise<unknown> {
  if (typeof value === 'string') return resolveText(value, resolve);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await resolveExpressions(item, resolve));
    return items;
  }
  if (!isRecord(value)) return value;
  const fields: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    fields[key] = await resolveExpressions(item, resolve);
  return fields;
}

async function resolveText(
  text: string,
  resolve: (inner: string) => Promise<string>,
): Promise<string> {
  const values = new Map<string, string>();
  for (const inner of expressionsIn(text))
    if (!values.has(inner)) values.set(inner, await resolve(inner));
  return text.replace(expression, (whole, inner: string) => values.get(inner) ?? whole);
}

/** Follows `a.b[0].c` into a value; undefined where the path leads nowhere. */
export function follow(value: unknown, path: string): unknown {
  let current: unknown = value;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(current)) current = current[Number(step)];
    else if (isRecord(current)) current = current[step];
    else return undefined;
  }
  return current;
}
