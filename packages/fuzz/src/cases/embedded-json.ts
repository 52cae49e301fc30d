import { isJsonObject, parseJson, type Json } from './json.ts';

/** The one member of an object that stands for a text of JSON; no message has a member of that name. */
const marker = '\u0001json';

const parsedObject = (text: string): Json | undefined => {
  if (!text.startsWith('{')) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};

/** Queues and topics carry JSON as text within JSON: opened, it can be changed like everything around it. */
export function unfold(value: Json): Json {
  if (typeof value === 'string') {
    const inner = parsedObject(value);
    return inner === undefined ? value : { [marker]: unfold(inner) };
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map(unfold);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unfold(item)]));
}

/** The opposite of {@link unfold}. */
export function fold(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(fold);
  if (!isJsonObject(value)) return value;
  const inner = value[marker];
  if (inner !== undefined && Object.hasOwn(value, marker)) return JSON.stringify(fold(inner));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fold(item)]));
}
