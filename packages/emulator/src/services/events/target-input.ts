import type { InputTransformer, Target } from '@aws-sdk/client-eventbridge';
import { validation } from './bus-lookup.ts';
import { parseJsonPath, valueAt } from './json-path.ts';
import type { EventEnvelope } from './publish.ts';
import type { Rule } from './state.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

// EventBridge API reference, InputTransformer.
const pathsMax = 100;
const templateLengthMax = 8192;

const placeholder = /<([A-Za-z0-9_.-]+)>/g;

type Variables = ReadonlyMap<string, unknown>;

/** @throws AwsError ValidationException */
export function checkInputPath(path: string): void {
  if (path.length > 256 || !parseJsonPath(path))
    throw validation(
      `Parameter InputPath is not valid. Reason: ${path} is not a supported JSON path.`,
    );
}

/** @throws AwsError ValidationException */
export function checkTransformer({
  InputPathsMap = {},
  InputTemplate = '',
}: InputTransformer): void {
  const names = Object.keys(InputPathsMap);
  if (names.length > pathsMax) throw validation(`InputPathsMap has more than ${pathsMax} entries.`);
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name) || /^aws\./i.test(name))
      throw validation(`InputPathsMap has the invalid name ${name}.`);
    checkInputPath(path);
  }
  if (InputTemplate === '' || InputTemplate.length > templateLengthMax)
    throw validation(`InputTemplate has 1 to ${templateLengthMax} characters.`);
  for (const [, name = ''] of InputTemplate.matchAll(placeholder))
    if (!names.includes(name) && !isPredefined(name))
      throw validation(`InputTemplate uses <${name}>, which InputPathsMap does not define.`);
  const filled = fill(InputTemplate, new Map([...names, ...predefined].map((name) => [name, 'x'])));
  if (!isOutput(filled)) throw validation('Invalid InputTemplate: it does not make JSON.');
}

const predefined = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
] as const;

const isPredefined = (name: string): boolean => predefined.some((known) => known === name);

/** JSON, or lines of JSON texts, each of which is a quoted string. */
const isOutput = (text: string): boolean =>
  isJson(text) || text.split('\n').every((line) => line.trim().startsWith('"') && isJson(line));

function isJson(text: string): boolean {
  try {
    parseShallowJson(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts values into a template: outside of quotes as JSON, inside of them as the text of a string or the JSON of
 * anything else. A variable that the event does not have leaves nothing.
 */
function fill(template: string, variables: Variables): string {
  let inString = false;
  let filled = '';
  let position = 0;
  for (const match of template.matchAll(placeholder)) {
    const between = template.slice(position, match.index);
    filled += between;
    inString = isInString(between, inString);
    position = match.index + match[0].length;
    const value = variables.get(match[1] ?? '');
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    filled += inString ? JSON.stringify(text).slice(1, -1) : JSON.stringify(value);
  }
  return filled + template.slice(position);
}

function isInString(text: string, before: boolean): boolean {
  let inString = before;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\\' && inString) index += 1;
    else if (char === '"') inString = !inString;
  }
  return inString;
}

function variablesOf(
  rule: Rule,
  event: EventEnvelope,
  transformer: InputTransformer,
  ingestedAt: string,
): Variables {
  const variables = new Map<string, unknown>(
    Object.entries(transformer.InputPathsMap ?? {}).map(([name, path]) => [
      name,
      valueAt(event, parseJsonPath(path) ?? []),
    ]),
  );
  const { detail, ...withoutDetail } = event;
  variables.set('aws.events.rule-arn', rule.arn);
  variables.set('aws.events.rule-name', rule.name);
  variables.set('aws.events.event.ingestion-time', ingestedAt);
  variables.set('aws.events.event', withoutDetail);
  variables.set('aws.events.event.json', { ...withoutDetail, detail });
  return variables;
}

/** What a target gets: JSON text, or undefined where path or template make none of the event. */
export function targetInput(
  rule: Rule,
  target: Target,
  event: EventEnvelope,
  ingestedAt: string,
): string | undefined {
  const { Input, InputPath, InputTransformer: transformer } = target;
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) {
    const value = valueAt(event, parseJsonPath(InputPath) ?? []);
    return value === undefined ? undefined : JSON.stringify(value);
  }
  if (!transformer) return JSON.stringify(event);
  const filled = fill(
    transformer.InputTemplate ?? '',
    variablesOf(rule, event, transformer, ingestedAt),
  );
  return isOutput(filled) ? filled : undefined;
}
