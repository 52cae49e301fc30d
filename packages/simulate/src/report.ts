import type { Scenario } from './scenario.ts';
import type { RunResult } from './simulate.ts';

const linesShown = 25;
const lineLengthMax = 220;

/** Everything that somebody needs who looks for the cause. */
export function failureText(
  { verdict, lastLines, deeds }: RunResult,
  { what, repeat }: { readonly what: string; readonly repeat: string },
): string {
  if (verdict.kind !== 'failed') return '';
  return [
    `FAILED  ${what}, step ${verdict.step}`,
    ...verdict.breaches.map((breach) => `  breach: ${breach}`),
    ...deeds.map(
      ({ kind, account, region, result }) => `  act: ${account} ${region} ${kind}: ${result}`,
    ),
    '  the last of its journal:',
    ...lastLines.slice(-linesShown).map((line) => `    ${line.slice(0, lineLengthMax)}`),
    `  repeat it: ${repeat}`,
  ].join('\n');
}

/** One line for one run. */
export const runLine = (
  what: string,
  { verdict, ends, strikes, virtualHours }: RunResult,
): string =>
  [
    what.padEnd(12),
    verdict.kind.padEnd(10),
    ends.join(', ') || 'no image',
    `(${strikes.length} calls struck, ${virtualHours.toFixed(1)} virtual hours)`,
    verdict.kind === 'explained' ? `: ${verdict.reasons.join('; ')}` : '',
  ]
    .join(' ')
    .trimEnd();

/** What a seed is made of. */
export const scenarioText = (scenario: Scenario): string => JSON.stringify(scenario, undefined, 1);
