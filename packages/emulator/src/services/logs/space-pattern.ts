import { comparisonOperators, isNumberText, valueTest } from './compare-value.ts';
import type { Match } from './filter-pattern.ts';
import { MalformedPattern, regularExpression } from './malformed-pattern.ts';

interface Field {
  /** Undefined for a field without a name. */
  readonly name: string | undefined;
  readonly holds: (value: string) => boolean;
}

const always = (): boolean => true;

/**
 * Fields of a space-delimited event, by position: `[ip, user, ..., status = 4* && status != 404, bytes > 1000]`. Text in
 * quotes or brackets is one field.
 *
 * @throws MalformedPattern
 */
export function parseSpacePattern(text: string): (message: string) => Match | undefined {
  if (!text.endsWith(']')) throw new MalformedPattern('a pattern of fields ends with a bracket');
  const parts = splitFields(text.slice(1, -1));
  const ellipsis = parts.indexOf('...');
  if (ellipsis !== parts.lastIndexOf('...'))
    throw new MalformedPattern('a pattern of fields has at most one ellipsis');
  const before = parts.slice(0, ellipsis < 0 ? undefined : ellipsis).map(readField);
  const after = ellipsis < 0 ? [] : parts.slice(ellipsis + 1).map(readField);
  return (message) => {
    const values = splitEvent(message);
    const count = before.length + after.length;
    if (ellipsis < 0 ? values.length !== count : values.length < count) return undefined;
    const skipped = values.length - count;
    const fields = [
      ...before,
      ...Array<Field>(skipped).fill({ name: undefined, holds: always }),
      ...after,
    ];
    if (!fields.every((field, index) => field.holds(values[index] ?? ''))) return undefined;
    return {
      extracted: Object.fromEntries(
        fields.map((field, index) => [`$${field.name ?? String(index + 1)}`, values[index] ?? '']),
      ),
    };
  };
}

/** Commas separate fields, except within quotes. */
function splitFields(text: string): readonly string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+|(?<=,)(?=,)|(?<=,)$/g) ?? [];
  return parts.map((part) => part.trim());
}

function readField(text: string): Field {
  const [, name] = /^([A-Za-z_]\w*)?/.exec(text) ?? [];
  const rest = text.slice(name?.length ?? 0).trim();
  if (rest === '') return { name, holds: always };
  if (name === undefined)
    throw new MalformedPattern(`the field ${JSON.stringify(text)} has no name`);
  return { name, holds: readAlternatives(name, text) };
}

function readAlternatives(name: string, text: string): (value: string) => boolean {
  const alternatives = text
    .split('||')
    .map((part) => part.split('&&').map((condition) => readCondition(name, condition.trim())));
  return (value) => alternatives.some((conditions) => conditions.every((holds) => holds(value)));
}

function readCondition(name: string, text: string): (value: string) => boolean {
  const bare = text.replace(/^\((.*)\)$/s, '$1').trim();
  const rest = bare.slice(name.length).trim();
  const operator = comparisonOperators.find((candidate) => rest.startsWith(candidate));
  if (!bare.startsWith(name) || !operator)
    throw new MalformedPattern(`cannot read the condition ${JSON.stringify(text)}`);
  const wanted = rest.slice(operator.length).trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(wanted)?.[1];
  if (quoted === undefined && wanted.startsWith('%')) throw regularExpression();
  if (wanted === '')
    throw new MalformedPattern(`the condition ${JSON.stringify(text)} lacks a value`);
  const holds = valueTest(operator, quoted?.replaceAll(/\\(.)/g, '$1') ?? wanted);
  // Fields are text; a number on the right makes `=` a comparison of numbers, as 200 equals 200.0.
  return (value) => holds(isNumberText(value) && isNumberText(wanted) ? Number(value) : value);
}

function splitEvent(message: string): readonly string[] {
  return [...message.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? '',
  );
}
