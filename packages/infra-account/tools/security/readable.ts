import { isNoValue } from '../templates/policies.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A part of the template as a placeholder, e.g. `<PayloadBucket>`. */
const placeholder = (name: string): string => (name === 'AWS::Partition' ? 'aws' : `<${name}>`);

const attribute = (id: string, name: string): string =>
  placeholder(name === 'Arn' ? id : `${id}.${name}`);

/**
 * An expression of a template as a text that people can read: references are placeholders, and of two values that a
 * condition of the template chooses from, both are given.
 *
 * @throws Error for an intrinsic function that it does not know
 */
export function readable(value: unknown): string {
  if (Array.isArray(value)) return value.map(readable).join(', ');
  if (typeof value !== 'object' || value === null) return withNames(String(value), {});
  const [name, given] = Object.entries(value)[0] ?? [];
  switch (name) {
    case 'Ref':
      return placeholder(String(given));
    case 'Fn::GetAtt': {
      const [id, attributeName] = listOf(given);
      return attribute(String(id), String(attributeName));
    }
    case 'Fn::Join': {
      const [separator, parts] = listOf(given);
      return listOf(parts).map(readable).join(String(separator));
    }
    case 'Fn::Sub':
      return readableSub(given);
    case 'Fn::If':
      return readableChoice(given);
    case 'Fn::Select':
      // The only list that the templates take something from is the id of the stack, which makes names unique.
      if (JSON.stringify(given).includes('AWS::StackId')) return '<stack>';
      break;
    default:
  }
  throw new Error(`no words for ${JSON.stringify(value)}: teach tools/security/readable.ts`);
}

function readableSub(given: unknown): string {
  const [text, values] = listOf(given);
  return withNames(String(text), fieldsOf(values));
}

/** Replaces `${Name}` and `${Name.Attribute}`; a document that is a text as a whole has them in its strings as well. */
const withNames = (text: string, named: Fields): string =>
  text.replaceAll(/\$\{(AWS::\w+|\w+(?:\.\w+)?)\}/g, (_, name: string) => {
    if (name in named) return readable(named[name]);
    const [id = '', attributeName] = name.split('.');
    return attributeName === undefined ? placeholder(id) : attribute(id, attributeName);
  });

function readableChoice(given: unknown): string {
  const [, yes, no] = listOf(given);
  const texts = [yes, no].filter((value) => !isNoValue(value)).map(readable);
  const names = texts.map((text) => /^<([^<>]+)>$/.exec(text)?.[1]);
  return names.every((name) => name !== undefined)
    ? `<${names.join(' or ')}>`
    : texts.length === 1
      ? texts.join('')
      : `(${texts.join(' or ')})`;
}

/** The account and the Region of the stack go without saying. */
const unsaid = new Set(['', '<AWS::Region>', '<AWS::AccountId>']);

/** A resource of a policy: a name of the template, or an ARN without what goes without saying. */
export function readableResource(resource: unknown): string {
  const text = readable(resource);
  const name = /^<([^<>]+)>$/.exec(text)?.[1];
  if (name !== undefined) return name;
  const [, service, region, account, rest] =
    /^arn:aws:([^:]+):((?:<[^>]*>|[^:<])*):((?:<[^>]*>|[^:<])*):(.*)$/.exec(text) ?? [];
  if (service === undefined || region === undefined || account === undefined) return text;
  return unsaid.has(region) && unsaid.has(account)
    ? `${service}:${rest ?? ''}`
    : `${service}:${region}:${account}:${rest ?? ''}`;
}

/** How an operator is said; what is not here is said by its name. */
const operatorWords: Readonly<Record<string, string>> = {
  StringEquals: 'is',
  ArnEquals: 'is',
  Bool: 'is',
  StringLike: 'is like',
  ArnLike: 'is like',
  'ForAllValues:StringEquals': 'are only',
};

const code = (text: string): string => `\`${text}\``;

/** The conditions of a statement, each as a phrase such as `` `aws:SourceAccount` is `<AWS::AccountId>` ``. */
export function readableConditions(condition: unknown): string[] {
  if (condition === undefined || isNoValue(condition)) return [];
  return chosen(condition, (block) =>
    Object.entries(fieldsOf(block)).flatMap(([operator, keys]) =>
      isNoValue(keys) ? [] : chosen(keys, (known) => keyPhrases(operator, fieldsOf(known))),
    ),
  );
}

/** Says of what a condition of the template chooses when it counts. */
function chosen(value: unknown, say: (value: unknown) => string[]): string[] {
  const choice = fieldsOf(value)['Fn::If'];
  if (choice === undefined) return say(value);
  const [condition, yes, no] = listOf(choice);
  return [
    ...(isNoValue(yes)
      ? []
      : say(yes).map((phrase) => `${phrase} (with ${code(String(condition))})`)),
    ...(isNoValue(no)
      ? []
      : say(no).map((phrase) => `${phrase} (without ${code(String(condition))})`)),
  ];
}

const keyPhrases = (operator: string, keys: Fields): string[] =>
  Object.entries(keys).map(([key, expected]) => {
    if (operator === 'Null')
      return `${code(key)} is ${String(expected) === 'false' ? 'present' : 'absent'}`;
    const values = listOf(expected).map((value) => code(readable(value)));
    return `${code(key)} ${operatorWords[operator] ?? operator} ${values.join(', ')}`;
  });
