import { compileCron, InvalidSchedule, type CivilMinute, type Cron } from './cron.ts';
import { civilMinuteAt, instantsOf } from './time-zone.ts';

const minuteMs = 60_000;
const unitMs: Readonly<Record<string, number>> = {
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: 24 * 60 * minuteMs,
};
/** How many non-existing civil minutes a search steps over; a year has two changes of the clocks at most. */
const skipsMax = 10_000;

/** A compiled schedule expression. */
export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly periodMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'at'; readonly civil: CivilMinute };

/**
 * Parses `rate(5 minutes)`, `cron(0 12 * * ? *)` or, for EventBridge Scheduler, `at(2026-11-21T08:00:00)`.
 *
 * Source: EventBridge Scheduler User Guide, "Schedule types"; EventBridge User Guide, "Schedule expressions".
 *
 * @throws InvalidSchedule
 */
export function parseSchedule(text: string): ScheduleExpression {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  switch (kind) {
    case 'rate':
      return { kind, periodMs: ratePeriod(inner) };
    case 'cron':
      return { kind, cron: compileCron(inner) };
    case 'at':
      return { kind, civil: parseAt(inner) };
    default:
      throw new InvalidSchedule(`"${text}" is not a schedule expression`);
  }
}

/** The unit is singular for 1 and plural for all else. */
function ratePeriod(text: string): number {
  const [, count = '', unit = '', plural] =
    /^(\d+) +(minute|hour|day)(s?)$/.exec(text.trim()) ?? [];
  const value = Number(count);
  const unitLength = unitMs[unit];
  if (unitLength === undefined || value < 1 || (value === 1) !== (plural === ''))
    throw new InvalidSchedule(`"rate(${text})" is not a rate expression`);
  return value * unitLength;
}

function parseAt(text: string): CivilMinute {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).map(
    Number,
  );
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (!match || date.toISOString().slice(0, 19) !== text)
    throw new InvalidSchedule(`"at(${text})" is not a time like at(2026-11-21T08:00:00)`);
  return { year, month, day, hour, minute };
}

/**
 * The first time of a cron schedule at or after an instant. A time that the clocks jump over is left out; one that they
 * show twice counts once.
 *
 * @returns milliseconds since 1970, or undefined when none comes any more
 */
export function nextCronTime(cron: Cron, from: number, zone: string): number | undefined {
  let earliest = civilMinuteAt(Math.ceil(from / minuteMs) * minuteMs, zone);
  for (let skips = 0; skips < skipsMax; skips += 1) {
    const civil = cron.next(earliest);
    if (!civil) return undefined;
    const [first] = instantsOf(civil, zone);
    if (first !== undefined && first >= from) return first;
    earliest = minuteAfter(civil);
  }
  return undefined;
}

function minuteAfter({ year, month, day, hour, minute }: CivilMinute): CivilMinute {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute + 1));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

/** The instant of an `at` expression; a time that the clocks jump over does not come. */
export const atTime = (civil: CivilMinute, zone: string): number | undefined =>
  instantsOf(civil, zone)[0];
