import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readInfraTemplate } from '@golden/stage/infra-stage.ts';
import type { World } from '@golden/emulator';
import { Expectations } from './expectations.ts';
import { readOptions, usage, type Options } from './options.ts';
import { Organization } from './organization.ts';
import { chapterOf, drawPicture } from './picture.ts';
import { Teller } from './teller.ts';
import { tellAll, tellOwn } from './tell.ts';
import { Timeline } from './timeline.ts';

const options = readOptions(process.argv.slice(2));
switch (options.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'refused':
    console.error(`${options.problem}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = await demo(options);
    break;
  default:
    options satisfies never;
}

async function demo(options: Options): Promise<number> {
  const startedAt = performance.now();
  const org = await Organization.open(options);
  const { world } = org.fleet;
  const expectations = new Expectations();
  let written = '';
  const timeline = new Timeline(world, {
    expectations,
    detail: options.detail,
    out:
      options.picture === undefined
        ? process.stdout
        : {
            write: (text: string) => {
              written += text;
              process.stdout.write(text);
            },
          },
    resources: Object.keys((JSON.parse(readInfraTemplate()) as { Resources: object }).Resources)
      .length,
  });
  const scene = { org, tell: new Teller(expectations, timeline) };
  try {
    const { payload } = options;
    if (payload === undefined) await tellAll(scene);
    else await tellOwn(scene, { name: basename(payload), body: readFileSync(payload, 'utf8') });
  } finally {
    timeline.end();
    writeReport(world, expectations);
  }
  if (options.picture !== undefined)
    writeFileSync(options.picture, drawPicture(chapterOf(written, 4)));
  const { all, broken } = expectations;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${all.length - broken.length} of ${all.length} promises held, ${world.journal.entries.length} journal entries, ${seconds} s`,
  );
  for (const { chapter, promise, seen } of broken)
    console.log(`BROKEN  ${chapter.trim()}: ${promise}: ${seen ?? ''}`);
  return broken.length === 0 && all.length > 0 ? 0 : 1;
}

/** Only what follows from the seed goes in, so that two runs write the same bytes. */
function writeReport({ settings, scheduler, journal }: World, expectations: Expectations): void {
  const folder = new URL('../../../dist/demo/', import.meta.url);
  mkdirSync(folder, { recursive: true });
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
