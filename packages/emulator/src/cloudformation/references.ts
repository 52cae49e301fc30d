import { isRecord } from '../wire/scalars.ts';
import { readSub, subAttribute, subParts } from './intrinsic-sub.ts';
import { functionOf, readGetAtt } from './intrinsics.ts';

/** What an expression refers to by name. */
export type Reference =
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string | undefined }
  | { readonly kind: 'condition'; readonly name: string };

/**
 * Every name that an expression refers to, in the order in which it stands there.
 *
 * @param choose settles `Fn::If`, so that only the branch that counts is walked; without it both are
 */
export function referencesOf(
  value: unknown,
  choose?: (condition: string) => boolean,
): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => referencesOf(item, choose));
  if (!isRecord(value)) return [];
  const call = functionOf(value);
  if (!call) return Object.values(value).flatMap((item) => referencesOf(item, choose));
  const { name, argument } = call;
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? [{ kind: 'ref', name: argument }] : [];
    case 'Fn::GetAtt': {
      const { logicalId, attribute } = readGetAtt(argument);
      const own: Reference = {
        kind: 'attribute',
        name: logicalId,
        attribute: typeof attribute === 'string' ? attribute : undefined,
      };
      return [own, ...referencesOf(attribute, choose)];
    }
    case 'Fn::Sub':
      return referencesOfSub(argument, choose);
    case 'Fn::If':
      return referencesOfIf(argument, choose);
    default:
      return referencesOf(argument, choose);
  }
}

function referencesOfSub(
  argument: unknown,
  choose: ((condition: string) => boolean) | undefined,
): readonly Reference[] {
  const { text, map } = readSub(argument);
  const own = subParts(text).flatMap((part): Reference[] => {
    if (part.kind === 'text' || Object.hasOwn(map, part.name)) return [];
    const attribute = subAttribute(part.name);
    return attribute
      ? [{ kind: 'attribute', name: attribute.logicalId, attribute: attribute.attribute }]
      : [{ kind: 'ref', name: part.name }];
  });
  return [...own, ...referencesOf(Object.values(map), choose)];
}

function referencesOfIf(
  argument: unknown,
  choose: ((condition: string) => boolean) | undefined,
): readonly Reference[] {
  if (!Array.isArray(argument)) return [];
  const [name, whenTrue, whenFalse] = argument as [unknown, unknown, unknown];
  if (typeof name !== 'string') return [];
  const branches = choose ? [choose(name) ? whenTrue : whenFalse] : [whenTrue, whenFalse];
  return [{ kind: 'condition', name }, ...referencesOf(branches, choose)];
}
