import type { OperationModel, ServiceModel } from '@golden/emulator/wire/model.ts';
import type { Member, Shape, StructureShape } from '@golden/emulator/wire/shape.ts';
import { asBytes, httpText, signedBy } from './http-text.ts';
import type { Input } from './shaped-input.ts';

export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
}

type Members = { readonly [name: string]: Input };

const isMembers = (value: Input): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Writes a call as a client would send it, in the protocol of its service: the other side of the emulator's decoders. */
export function wireRequest(
  model: ServiceModel,
  operation: OperationModel,
  options: { readonly input: Members; readonly signer: Signer; readonly isCbor?: boolean },
): string {
  const { input, signer } = options;
  const signed = signedBy({ ...signer, signingName: model.signingName });
  switch (model.protocol) {
    case 'json':
      return httpText(
        [
          'POST / HTTP/1.1',
          ...signed,
          `content-type: application/x-amz-json-${model.jsonVersion}`,
          `x-amz-target: ${model.targetPrefix}.${operation.name}`,
        ],
        asBytes(JSON.stringify(input)),
      );
    case 'query':
    case 'ec2': {
      const form = new URLSearchParams({ Action: operation.name, Version: model.apiVersion });
      if (operation.input.kind === 'structure')
        writeForm(form, operation.input, {
          value: input,
          prefix: '',
          isEc2: model.protocol === 'ec2',
        });
      return httpText(
        ['POST / HTTP/1.1', ...signed, 'content-type: application/x-www-form-urlencoded'],
        form.toString(),
      );
    }
    case 'rest-json':
    case 'rest-xml':
      return restRequest(model, operation, { input, signed });
    default:
      return model.protocol satisfies never;
  }
}

function writeForm(
  form: URLSearchParams,
  shape: Shape,
  { value, prefix, isEc2 }: { value: Input; prefix: string; isEc2: boolean },
): void {
  if (shape.kind === 'structure' && isMembers(value)) {
    for (const member of shape.members) {
      const item = value[member.name];
      if (item === undefined) continue;
      const key = `${prefix}${isEc2 ? member.ec2Name : member.xmlName}`;
      const { shape: inner } = member;
      const isFlat = isEc2 || member.flattened;
      if (inner.kind === 'list' && Array.isArray(item))
        (item as readonly Input[]).forEach((one, index) => {
          const at = `${key}${isFlat ? '' : `.${inner.itemXmlName}`}.${index + 1}`;
          writeForm(form, inner.item, { value: one, prefix: nextPrefix(inner.item, at), isEc2 });
        });
      else if (inner.kind === 'map' && isMembers(item))
        Object.entries(item).forEach(([name, one], index) => {
          const at = `${key}${member.flattened ? '' : '.entry'}.${index + 1}`;
          form.append(`${at}.${inner.keyXmlName}`, name);
          const below = `${at}.${inner.valueXmlName}`;
          writeForm(form, inner.value, {
            value: one,
            prefix: nextPrefix(inner.value, below),
            isEc2,
          });
        });
      else writeForm(form, inner, { value: item, prefix: nextPrefix(inner, key), isEc2 });
    }
    return;
  }
  form.append(prefix, scalarText(value));
}

const nextPrefix = (shape: Shape, key: string): string =>
  shape.kind === 'structure' ? `${key}.` : key;

const scalarText = (value: Input): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

function restRequest(
  model: ServiceModel,
  operation: OperationModel,
  { input, signed }: { input: Members; signed: readonly string[] },
): string {
  const { route, input: shape } = operation;
  if (route === undefined || shape.kind !== 'structure')
    return httpText([`GET /${operation.name} HTTP/1.1`, ...signed], '');
  const query = new URLSearchParams(
    route.fixedQuery.map(([key, value]): [string, string] => [key, value]),
  );
  const headers: string[] = [];
  const label = (name: string): string =>
    encodeURIComponent(wellFormed(scalarText(input[name] ?? 'missing')));
  const segments = route.segments.map((segment) =>
    segment.replace(/^\{([^}+]+)(\+?)\}$/, (_, name: string) => label(name)),
  );
  // The model leaves the bucket to the endpoint rules; on an address they put it into the path.
  if (model.signingName === 's3' && shape.byName.get('Bucket')?.location?.in === 'label')
    segments.unshift(label('Bucket'));
  for (const member of shape.members) {
    const value = input[member.name];
    if (value === undefined) continue;
    if (member.location?.in === 'query') query.append(member.location.name, scalarText(value));
    if (member.location?.in === 'header')
      headers.push(`${member.location.name}: ${headerText(value)}`);
    if (member.location?.in === 'prefix-headers' && isMembers(value))
      for (const [name, item] of Object.entries(value))
        headers.push(`${member.location.prefix}${headerText(name)}: ${headerText(item)}`);
  }
  const text = query.toString();
  return httpText(
    [
      `${route.method} /${segments.join('/')}${text === '' ? '' : `?${text}`} HTTP/1.1`,
      ...signed,
      ...headers,
    ],
    bodyOf(model, shape, input),
  );
}

const wellFormed = (text: string): string => text.toWellFormed();

const headerText = (value: Input): string => asBytes(scalarText(value)).replace(/[\r\n\0]/g, ' ');

function bodyOf(model: ServiceModel, shape: StructureShape, input: Members): string {
  const payload = shape.members.find(({ location }) => location?.in === 'payload');
  if (payload) {
    const value = input[payload.name];
    if (value === undefined) return '';
    if (['blob', 'stream', 'string'].includes(payload.shape.kind))
      return asBytes(scalarText(value));
    return model.protocol === 'rest-json'
      ? asBytes(JSON.stringify(jsonNamed(payload.shape, value)))
      : asBytes(
          element(
            payload.shape.kind === 'structure' ? payload.shape.xmlName : payload.xmlName,
            payload.shape,
            value,
          ),
        );
  }
  const members = shape.members.filter(({ location }) => location === undefined);
  if (members.length === 0) return '';
  const document = Object.fromEntries(
    members.flatMap(({ name }) => (input[name] === undefined ? [] : [[name, input[name]]])),
  );
  return model.protocol === 'rest-json'
    ? asBytes(JSON.stringify(jsonNamed(shape, document)))
    : asBytes(element(shape.xmlName, shape, document));
}

function jsonNamed(shape: Shape, value: Input): Input {
  if (shape.kind === 'list' && Array.isArray(value))
    return (value as readonly Input[]).map((item) => jsonNamed(shape.item, item));
  if (!isMembers(value)) return value;
  if (shape.kind === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, jsonNamed(shape.value, item)]),
    );
  if (shape.kind !== 'structure') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const member = shape.byName.get(name);
      return member ? [member.jsonName, jsonNamed(member.shape, item)] : [name, item];
    }),
  );
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function element(name: string, shape: Shape, value: Input): string {
  if (shape.kind === 'structure' && isMembers(value))
    return `<${name}>${shape.members.map((member) => memberXml(member, value[member.name])).join('')}</${name}>`;
  if (shape.kind === 'list' && Array.isArray(value))
    return `<${name}>${(value as readonly Input[]).map((item) => element(shape.itemXmlName, shape.item, item)).join('')}</${name}>`;
  return `<${name}>${escaped(scalarText(value))}</${name}>`;
}

function memberXml({ shape, xmlName, flattened }: Member, value: Input | undefined): string {
  if (value === undefined) return '';
  if (flattened && shape.kind === 'list' && Array.isArray(value))
    return (value as readonly Input[]).map((item) => element(xmlName, shape.item, item)).join('');
  return element(xmlName, shape, value);
}
