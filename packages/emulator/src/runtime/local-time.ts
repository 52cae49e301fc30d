import { currentEnvironment } from './current-environment.ts';

/*
 * Lambda's local time is UTC ("Lambda runtime environment variables", TZ); the host's may be another one. While the code of a
 * function runs, dates answer in UTC.
 */

const isInside = (): boolean => currentEnvironment.getStore() !== undefined;

const parts = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
const zoneStated = /(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*(?:\(.*\))?$/i;
const dateOnly = /^[+-]?\d{4,6}(?:-\d\d){0,2}$/;

/** Puts the patches in place; before `Date` itself is replaced. */
export function patchLocalTime(): void {
  for (const part of parts) {
    replace(`get${part}`, `getUTC${part}`);
    if (part !== 'Day') replace(`set${part}`, `setUTC${part}`);
  }
  wrap('getTimezoneOffset', () => 0);
  wrap('toDateString', (date) => utcText(date).date);
  wrap('toTimeString', (date) => utcText(date).time);
  wrap('toString', (date) =>
    Number.isNaN(date.getTime()) ? 'Invalid Date' : `${utcText(date).date} ${utcText(date).time}`,
  );
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
    wrap(name, (date, original, [locales, options]) =>
      original.call(date, locales, inUtc(options)),
    );
  Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct: (target, [locales, options]: unknown[], newTarget: NewableFunction) =>
      Reflect.construct(
        target,
        [locales, isInside() ? inUtc(options) : options],
        newTarget,
      ) as object,
    apply: (target, _, [locales, options]: unknown[]) =>
      Reflect.construct(target, [locales, isInside() ? inUtc(options) : options]) as unknown,
  });
}

/** Arguments of `new Date` as a function means them: parts and texts without a zone are UTC. */
export function utcArguments(args: readonly unknown[], HostDate: DateConstructor): unknown[] {
  if (args.length > 1) {
    const [year = NaN, month = NaN, ...rest] = args.map(Number);
    return [HostDate.UTC(year, month, ...rest)];
  }
  const [only] = args;
  return typeof only === 'string' ? [utcParse(only, HostDate)] : [...args];
}

/** `Date.parse` as a function means it. */
export function utcParse(text: string, HostDate: DateConstructor): number {
  const parsed = HostDate.parse(text);
  if (Number.isNaN(parsed) || dateOnly.test(text.trim()) || zoneStated.test(text.trim()))
    return parsed;
  return parsed - Number(hostOffset.call(new HostDate(parsed))) * 60_000;
}

type Original = (this: Date, ...args: unknown[]) => unknown;

const originalOf = (name: string): Original => Reflect.get(Date.prototype, name) as Original;

/** The host's own, before it is replaced: minutes from local time to UTC. */
const hostOffset = originalOf('getTimezoneOffset');

const inUtc = (options: unknown): object => ({ timeZone: 'UTC', ...(options ?? {}) });

function utcText(date: Date): { readonly date: string; readonly time: string } {
  // Such as `Sat, 21 Nov 2026 08:00:00 GMT`
  const [weekday = '', day = '', month = '', year = '', time = ''] = date
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return {
    date: `${weekday} ${month} ${day} ${year}`,
    time: `${time} GMT+0000 (Coordinated Universal Time)`,
  };
}

const replace = (name: string, by: string): void => {
  const utc = originalOf(by);
  wrap(name, (date, _, args) => utc.apply(date, [...args]));
};

function wrap(
  name: string,
  answer: (date: Date, original: Original, args: readonly unknown[]) => unknown,
): void {
  const original = originalOf(name);
  Object.defineProperty(Date.prototype, name, {
    value(this: Date, ...args: unknown[]): unknown {
      return isInside() ? answer(this, original, args) : original.apply(this, args);
    },
    configurable: true,
    writable: true,
  });
}
