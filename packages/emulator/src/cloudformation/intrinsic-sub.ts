import { isRecord } from '../wire/scalars.ts';
import { asText, KnownLater, type Names } from './expression-values.ts';
import { validationError } from './validation-error.ts';

/** One piece of a `Fn::Sub` text. */
export type SubPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string };

/** The text and the map of a `Fn::Sub`, in its short or its long form. */
export function readSub(argument: unknown): {
  text: string;
  map: Readonly<Record<string, unknown>>;
} {
  if (typeof argument === 'string') return { text: argument, map: {} };
  if (Array.isArray(argument) && argument.length === 2) {
    const [text, map] = argument as [unknown, unknown];
    if (typeof text === 'string' && isRecord(map)) return { text, map };
  }
  throw validationError(
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
  );
}

/** Cuts a `Fn::Sub` text at its variables; `${!Literal}` stays as `${Literal}`. */
export function subParts(text: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    const name = (match[1] ?? '').trim();
    parts.push({ kind: 'text', text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    if (name.startsWith('!')) parts.push({ kind: 'text', text: `\${${name.slice(1)}}` });
    else if (/^[A-Za-z0-9_.:]+$/.test(name)) parts.push({ kind: 'name', name });
    else
      throw validationError(
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
      );
  }
  return [...parts, { kind: 'text', text: text.slice(end) }];
}

/** A name with a dot is an attribute, `Queue.Arn`; pseudo parameters have colons. */
export function subAttribute(name: string): { logicalId: string; attribute: string } | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : { logicalId: name.slice(0, dot), attribute: name.slice(dot + 1) };
}

/** Evaluates a `Fn::Sub`; names of its own map come first. */
export function evaluateSub(
  argument: unknown,
  names: Names,
  evaluate: (value: unknown) => unknown,
): unknown {
  const { text, map } = readSub(argument);
  const valueOf = (name: string): unknown => {
    if (Object.hasOwn(map, name)) return evaluate(map[name]);
    const attribute = subAttribute(name);
    return attribute ? names.attribute(attribute.logicalId, attribute.attribute) : names.ref(name);
  };
  const values = subParts(text).map((part) =>
    part.kind === 'text' ? part.text : valueOf(part.name),
  );
  const later = values.find((value) => value instanceof KnownLater);
  return later ?? values.map((value) => asText('Fn::Sub', value)).join('');
}
