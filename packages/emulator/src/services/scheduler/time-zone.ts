import type { CivilMinute } from './cron.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether a name is an IANA time zone that is known here. */
export function isTimeZone(zone: string): boolean {
  // Offsets such as +02:00 are zones of Intl but not of AWS.
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show. */
export function civilMinuteAt(instant: number, zone: string): CivilMinute {
  const shown: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = shown;
  return { year, month, day, hour, minute };
}

const asUtc = ({ year, month, day, hour, minute }: CivilMinute): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/**
 * The instants, milliseconds since 1970, at which the clocks of a zone show a civil minute: none when they jump over it,
 * two when they show it twice.
 */
export function instantsOf(civil: CivilMinute, zone: string): readonly number[] {
  const utc = asUtc(civil);
  const dayMs = 86_400_000;
  // The offsets before and after any change of the clocks nearby are all that can apply.
  const offsets = [-dayMs, 0, dayMs].map(
    (shift) => asUtc(civilMinuteAt(utc + shift, zone)) - utc - shift,
  );
  return [...new Set(offsets.map((offset) => utc - offset))]
    .filter((instant) => asUtc(civilMinuteAt(instant, zone)) === utc)
    .sort((a, b) => a - b);
}
