import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execute, root, rounds } from './measure.ts';
import { measureNames, measures, type Figures, type MeasureName } from './measures.ts';
import { withFigures } from './readme-table.ts';

const usage = `npx -y pnpm@12.21.0 bench [NAME...]

  Measures what the README says in its table: everything, or what is named. Writes dist/bench.json, keeps in it what was measured
  before, and writes the rows of the README's table. Everything takes about half an hour on two cores.

  names: ${measureNames.join(', ')}

  npx -y pnpm@12.21.0 bench                  everything
  npx -y pnpm@12.21.0 bench sizes cold-load  bytes and first loads only`;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !measureNames.some((known) => known === name));
if (asked.includes('--help')) console.log(usage);
else if (unknown.length > 0) {
  console.error(`no such figures: ${unknown.join(', ')}\n\n${usage}`);
  process.exitCode = 2;
} else await bench(measureNames.filter((name) => asked.length === 0 || asked.includes(name)));

async function bench(names: readonly MeasureName[]): Promise<void> {
  const file = `${root}dist/bench.json`;
  mkdirSync(`${root}dist`, { recursive: true });
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { figures?: Partial<Figures> }).figures
    : undefined;
  let figures: Partial<Figures> = known ?? {};
  for (const name of names) {
    const measured = {
      command: `npx -y pnpm@12.21.0 bench ${name}`,
      ...(await measures[name]()),
    };
    figures = { ...figures, [name]: measured };
    console.log(`${name} ${JSON.stringify(measured, undefined, 2)}`);
    // Each at once: all of them take long.
    writeFileSync(
      file,
      `${JSON.stringify({ node: process.version, rounds, figures }, undefined, 2)}\n`,
    );
  }
  await writeTable(figures);
}

async function writeTable(figures: Partial<Figures>): Promise<void> {
  const readme = `${root}README.md`;
  writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), figures));
  await execute(process.execPath, [
    `${root}node_modules/prettier/bin/prettier.cjs`,
    '--write',
    readme,
  ]);
}
