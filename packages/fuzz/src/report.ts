import { repeatCommand } from './options.ts';
import type { Failure, TargetResult } from './run-target.ts';

const outcomesMax = 8;
const caseLengthMax = 4_000;

/** `done 812, refused 40, and 3 other outcomes (7)` */
function outcomesText(outcomes: ReadonlyMap<string, number>): string {
  const sorted = [...outcomes].toSorted(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, outcomesMax).map(([name, count]) => `${name} ${count}`);
  const rest = sorted.slice(outcomesMax);
  const restCount = rest.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...shown,
    ...(rest.length > 0 ? [`and ${rest.length} other outcomes ${restCount}`] : []),
  ].join(', ');
}

/** One line about a target. */
export const resultLine = ({ name, cases, seconds, outcomes }: TargetResult): string =>
  `${name.padEnd(26)} ${String(cases).padStart(6)} cases ${seconds.toFixed(1).padStart(6)} s  ${outcomesText(outcomes)}`;

/** What is wrong, with what, and how to see it again. */
export function failureText(target: string, failure: Failure, seed: number): string {
  const { text, problem, path } = failure;
  const cut = text.length > caseLengthMax ? `, the first ${caseLengthMax}` : '';
  return [
    `FAILED ${target}: ${problem}`,
    `the smallest case (${text.length} characters${cut}), as JSON text:`,
    JSON.stringify(text.slice(0, caseLengthMax)),
    `again: ${repeatCommand({ target, seed, path })}`,
  ].join('\n');
}
