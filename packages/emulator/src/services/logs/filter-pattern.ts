import { MalformedPattern } from './malformed-pattern.ts';
import { parseJsonPattern } from './json-pattern.ts';
import { parseSpacePattern } from './space-pattern.ts';
import { parseTermPattern } from './term-pattern.ts';

/** What a pattern says of one log event. */
export interface Match {
  /** Named fields of a space-delimited event, with the dollar sign: `$status_code`. */
  readonly extracted: Readonly<Record<string, string>>;
}

/** A filter pattern, ready to be asked. */
export interface FilterPattern {
  readonly kind: 'terms' | 'json' | 'space';
  readonly match: (message: string) => Match | undefined;
}

const patternLengthMax = 1_024; // CloudWatch Logs API Reference, FilterPattern

/**
 * Reads a filter pattern: terms, a JSON expression in braces, or space-delimited fields in brackets.
 *
 * @throws MalformedPattern
 * Source: CloudWatch Logs User Guide, "Filter pattern syntax".
 */
export function parseFilterPattern(text: string): FilterPattern {
  if (text.length > patternLengthMax)
    throw new MalformedPattern(`a pattern has at most ${patternLengthMax} characters`);
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return { kind: 'json', match: parseJsonPattern(trimmed) };
  if (trimmed.startsWith('[')) return { kind: 'space', match: parseSpacePattern(trimmed) };
  return { kind: 'terms', match: parseTermPattern(trimmed) };
}
