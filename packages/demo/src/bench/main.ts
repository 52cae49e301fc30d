import { mkdirSync, writeFileSync } from 'node:fs';
import { callsPerSecond } from './calls-per-second.ts';
import { coldLoadFigures } from './cold-load-figures.ts';
import { demoFigures } from './demo-figures.ts';
import { handlerCallFigures } from './handler-call-figures.ts';
import { root, rounds } from './measure.ts';
import { refreshFigures } from './refresh-figures.ts';
import { rolloutFigures } from './rollout-figures.ts';
import { sizeFigures } from './template-functions.ts';

/** What can be measured, each by itself: `pnpm bench <name>...`; without a name, everything. */
const measures: Readonly<Record<string, () => object | Promise<object>>> = {
  demo: demoFigures,
  wire: callsPerSecond,
  sizes: sizeFigures,
  'cold-load': coldLoadFigures,
  'handler-calls': handlerCallFigures,
  refreshes: refreshFigures,
  rollout: rolloutFigures,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in measures));
if (unknown.length > 0)
  throw new Error(
    `no such figures: ${unknown.join(', ')}; there are ${Object.keys(measures).join(', ')}`,
  );

const figures: Record<string, object> = {};
for (const [name, measure] of Object.entries(measures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  figures[name] = { command: `npx -y pnpm@12.21.0 bench ${name}`, ...(await measure()) };
  console.log(`${name} ${JSON.stringify(figures[name], undefined, 2)}`);
}
mkdirSync(`${root}dist`, { recursive: true });
writeFileSync(
  `${root}dist/bench.json`,
  `${JSON.stringify({ node: process.version, rounds, ...figures }, undefined, 2)}\n`,
);
