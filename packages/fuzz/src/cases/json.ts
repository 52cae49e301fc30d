/** What JSON text parses to. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export const parseJson = (text: string): Json => JSON.parse(text) as Json;

export const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a value stands in a document: names and indexes from the root. */
export type JsonPath = readonly (string | number)[];

/** Every place of a document, the root first. */
export function placesOf(root: Json): readonly JsonPath[] {
  const places: JsonPath[] = [];
  const visit = (value: Json, path: JsonPath): void => {
    places.push(path);
    if (Array.isArray(value))
      (value as readonly Json[]).forEach((item, index) => {
        visit(item, [...path, index]);
      });
    else if (isJsonObject(value))
      for (const [name, item] of Object.entries(value)) visit(item, [...path, name]);
  };
  visit(root, []);
  return places;
}

/** Every text of a document, once. */
export const textsOf = (root: Json): readonly string[] => {
  const texts = new Set<string>();
  JSON.stringify(root, (_name, value: unknown) => {
    if (typeof value === 'string' && value.length < 2_000) texts.add(value);
    return value;
  });
  return [...texts];
};

/** What a changed member becomes: nothing, one or several members. */
type Change = (name: string | number, value: Json) => readonly (readonly [string, Json])[];

/**
 * Changes one place of a document. Members are made from entries, never assigned: one may be called `__proto__`.
 *
 * @param path a place of the document, not the root
 */
export function changeAt(root: Json, path: JsonPath, change: Change): Json {
  const [head, ...rest] = path;
  if (head === undefined) return change('', root)[0]?.[1] ?? null;
  if (Array.isArray(root))
    return (root as readonly Json[]).flatMap((item, index) => {
      if (index !== head) return [item];
      return rest.length > 0
        ? [changeAt(item, rest, change)]
        : change(head, item).map(([, value]) => value);
    });
  if (!isJsonObject(root)) return root;
  return Object.fromEntries(
    Object.entries(root).flatMap(([name, item]): (readonly [string, Json])[] => {
      if (name !== head) return [[name, item]];
      return rest.length > 0 ? [[name, changeAt(item, rest, change)]] : [...change(name, item)];
    }),
  );
}
