const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/** The longest time that can be skipped at once. */
export const durationDaysMax = 366;

/** Reads `90s`, `30m`, `2h` or `1d`: milliseconds, or undefined for anything else, zero and more than 366 days included. */
export function readDuration(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (!isUnit(unit)) return undefined;
  const milliseconds = Number(count) * unitMs[unit];
  return milliseconds > 0 && milliseconds <= durationDaysMax * unitMs.d ? milliseconds : undefined;
}

const isUnit = (text: string): text is Unit => text in unitMs;
