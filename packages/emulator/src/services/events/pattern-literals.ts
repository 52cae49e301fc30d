import type { AccessCheck } from '../../world/service.ts';
import { isRecord } from '../../wire/scalars.ts';

/**
 * The condition keys that follow from the literal values of a pattern: `events:source` and `events:detail-type`.
 * Text that is no pattern has none; the operation refuses it afterwards.
 *
 * Source: EventBridge User Guide, "Using IAM policy conditions".
 */
export function literalsOf(pattern: string | undefined): AccessCheck['context'] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern ?? '{}');
  } catch {
    return {};
  }
  const literals = (field: string): readonly string[] | undefined => {
    const values: unknown = isRecord(parsed) ? parsed[field] : undefined;
    const texts = Array.isArray(values)
      ? values.filter((value): value is string => typeof value === 'string')
      : [];
    return texts.length > 0 ? texts : undefined;
  };
  return { 'events:source': literals('source'), 'events:detail-type': literals('detail-type') };
}
