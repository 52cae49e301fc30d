/** A date and time of day without a zone; months from 1, days of the week from 1 (Sunday), as AWS counts. */
export interface CivilMinute {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** A compiled cron expression. */
export interface Cron {
  /** The first civil minute that fits at or after the given one; undefined when none ever comes. */
  next(from: CivilMinute): CivilMinute | undefined;
}

/** An expression that AWS refuses. */
export class InvalidSchedule extends Error {
  override readonly name = 'InvalidSchedule';
}

// EventBridge User Guide, "Cron expressions": six fields, their ranges and their wildcards.
const yearMin = 1970;
const yearMax = 2199;
const monthNames = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const minuteRule: FieldRule = { name: 'minutes', min: 0, max: 59 };
const hourRule: FieldRule = { name: 'hours', min: 0, max: 23 };
const dayRule: FieldRule = { name: 'day-of-month', min: 1, max: 31 };
const monthRule: FieldRule = { name: 'month', min: 1, max: 12, names: monthNames };
const weekdayRule: FieldRule = { name: 'day-of-week', min: 1, max: 7, names: dayNames };
const yearRule: FieldRule = { name: 'year', min: yearMin, max: yearMax };

type DayTest = (date: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}) => boolean;

/**
 * Compiles `cron(minutes hours day-of-month month day-of-week year)`.
 *
 * @param fields what stands between the parentheses
 * @throws InvalidSchedule
 */
export function compileCron(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  const [minutes = '', hours = '', day = '', months = '', weekday = '', years = ''] = parts;
  if (parts.length !== 6)
    throw new InvalidSchedule(`a cron expression has six fields, not ${parts.length}: ${fields}`);
  if ((day === '?') === (weekday === '?'))
    throw new InvalidSchedule(`exactly one of day-of-month and day-of-week must be ?: ${fields}`);
  const inMinute = numbers(minutes, minuteRule);
  const inHour = numbers(hours, hourRule);
  const inMonth = numbers(months, monthRule);
  const inYear = numbers(years, yearRule);
  const onDay = day === '?' ? weekdayTest(weekday) : dayTest(day);
  const times = [...inHour].flatMap((hour) => [...inMinute].map((minute) => ({ hour, minute })));
  return {
    next(from) {
      for (const year of inYear) {
        if (year < from.year) continue;
        for (const month of inMonth) {
          if (year === from.year && month < from.month) continue;
          const firstDay = year === from.year && month === from.month ? from.day : 1;
          for (let date = firstDay; date <= daysInMonth(year, month); date += 1) {
            if (!onDay({ year, month, day: date })) continue;
            const isFirst = year === from.year && month === from.month && date === from.day;
            const time = times.find(
              ({ hour, minute }) => !isFirst || isNotBefore(hour, minute, from),
            );
            if (time) return { year, month, day: date, ...time };
          }
        }
      }
      return undefined;
    },
  };
}

const isNotBefore = (hour: number, minute: number, from: CivilMinute): boolean =>
  hour > from.hour || (hour === from.hour && minute >= from.minute);

/** The values that a field stands for, ascending: lists, ranges, steps and `*`. */
function numbers(text: string, rule: FieldRule): readonly number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    if (more.length > 0) throw wrong(text, rule);
    const { from, to } = readRange(range, rule, step !== undefined);
    const stride = step === undefined ? 1 : integer(step, { ...rule, min: 1 }, text);
    for (let value = from; value <= to; value += stride) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function readRange(text: string, rule: FieldRule, hasStep: boolean): { from: number; to: number } {
  if (text === '*') return { from: rule.min, to: rule.max };
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) throw wrong(text, rule);
  const from = valueOf(first, rule, text);
  const to = last === undefined ? (hasStep ? rule.max : from) : valueOf(last, rule, text);
  if (to < from) throw wrong(text, rule);
  return { from, to };
}

function valueOf(text: string, rule: FieldRule, whole: string): number {
  const named = rule.names?.indexOf(text.toUpperCase()) ?? -1;
  return named >= 0 ? named + 1 : integer(text, rule, whole);
}

function integer(text: string, rule: FieldRule, whole: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= rule.min && value <= rule.max)) throw wrong(whole, rule);
  return value;
}

const wrong = (text: string, rule: FieldRule): InvalidSchedule =>
  new InvalidSchedule(`"${text}" is not a valid value of the field ${rule.name}`);

/** Day-of-month: numbers, `L` for the last day, `15W` for the weekday nearest to the 15th, `LW` for the last weekday. */
function dayTest(text: string): DayTest {
  if (text === 'L') return ({ year, month, day }) => day === daysInMonth(year, month);
  if (text === 'LW')
    return ({ year, month, day }) => day === nearestWeekday(year, month, daysInMonth(year, month));
  const nearest = /^(\d{1,2})W$/.exec(text)?.[1];
  if (nearest !== undefined) {
    const wanted = integer(nearest, dayRule, text);
    return ({ year, month, day }) =>
      wanted <= daysInMonth(year, month) && day === nearestWeekday(year, month, wanted);
  }
  const days = new Set(numbers(text, dayRule));
  return ({ day }) => days.has(day);
}

/** Day-of-week: numbers and names, `5L` for the last Thursday, `3#2` for the second Tuesday, `L` for Saturday. */
function weekdayTest(text: string): DayTest {
  if (text === 'L') return (date) => weekdayOf(date) === 7;
  const last = /^([0-9A-Za-z]+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = valueOf(last, weekdayRule, text);
    return (date) =>
      weekdayOf(date) === wanted && date.day > daysInMonth(date.year, date.month) - 7;
  }
  const [, named, nth] = /^([0-9A-Za-z]+)#(\d)$/.exec(text) ?? [];
  if (named !== undefined && nth !== undefined) {
    const wanted = valueOf(named, weekdayRule, text);
    const week = integer(nth, { name: 'day-of-week', min: 1, max: 5 }, text);
    return (date) => weekdayOf(date) === wanted && Math.ceil(date.day / 7) === week;
  }
  const days = new Set(numbers(text, weekdayRule));
  return (date) => days.has(weekdayOf(date));
}

const daysInMonth = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekdayOf = (date: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}): number => new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() + 1;

/** The weekday nearest to a day, never in another month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf({ year, month, day });
  if (weekday === 7) return day > 1 ? day - 1 : day + 2;
  if (weekday === 1) return day < daysInMonth(year, month) ? day + 1 : day - 2;
  return day;
}
