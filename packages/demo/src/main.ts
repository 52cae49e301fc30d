import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readInfraTemplate, type InfraStage } from '@golden/stage/infra-stage.ts';
import { Expectations } from './expectations.ts';
import { openStage, tell } from './tell.ts';
import { Timeline } from './timeline.ts';

const usage = `npx -y pnpm@12.21.0 demo [--seed TEXT] [--quiet]

  --seed TEXT   everything random follows from it; the same seed tells the same story (default 1)
  --quiet       only the promises and the result`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
} else {
  process.exitCode = await demo({ seed: values.seed, quiet: values.quiet });
}

async function demo(options: { seed: string; quiet: boolean }): Promise<number> {
  const startedAt = performance.now();
  const stage = await openStage(options.seed);
  const expectations = new Expectations();
  const timeline = new Timeline(stage.world, {
    expectations,
    quiet: options.quiet,
    out: process.stdout,
    resources: Object.keys((JSON.parse(readInfraTemplate()) as { Resources: object }).Resources)
      .length,
  });
  try {
    await tell(stage, expectations, timeline);
  } finally {
    timeline.end();
    writeReport(stage.infra, expectations);
  }
  const { all, broken } = expectations;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${all.length - broken.length} of ${all.length} promises held, ${stage.world.journal.entries.length} journal entries, ${seconds} s`,
  );
  for (const { chapter, promise, seen } of broken)
    console.log(`BROKEN  ${chapter}: ${promise}: ${seen ?? ''}`);
  return broken.length === 0 && all.length > 0 ? 0 : 1;
}

/** Only what follows from the seed goes in, so that two runs write the same bytes. */
function writeReport(stage: InfraStage, expectations: Expectations): void {
  const folder = new URL('../../../dist/demo/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const { settings, scheduler, journal } = stage.world;
  const report = {
    seed: settings.seed,
    startsAt: settings.startsAt,
    endsAt: new Date(scheduler.now).toISOString(),
    journalEntries: journal.entries.length,
    expectations: expectations.all,
  };
  writeFileSync(new URL('report.json', folder), `${JSON.stringify(report, undefined, 1)}\n`);
  writeFileSync(new URL('journal.jsonl', folder), journal.toJsonLines());
}
