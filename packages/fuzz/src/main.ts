import { readOptions, usage, type Options } from './options.ts';
import { failureText, resultLine } from './report.ts';
import { runTarget } from './run-target.ts';
import { shareCases } from './share-cases.ts';
import { allTargets } from './targets/all-targets.ts';
import { startWatchdog } from './watchdog.ts';

/** More than that would be memory that grows with the number of cases, in mebibytes. */
const memoryMebibytesMax = 2_048;

const asked = readOptions(process.argv.slice(2));
switch (asked.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'list':
    console.log(allTargets.map(({ name }) => name).join('\n'));
    break;
  case 'refused':
    console.error(`${asked.problem}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = await fuzz(asked);
    break;
  default:
    asked satisfies never;
}

async function fuzz({ cases, seed, target: prefix, path }: Options): Promise<number> {
  const chosen = allTargets.filter(({ name }) =>
    path === undefined ? name.startsWith(prefix) : name === prefix,
  );
  if (chosen.length === 0) {
    console.error(`no target is called ${prefix}; --list shows them`);
    return 2;
  }
  const startedAt = performance.now();
  const watchdog = startWatchdog();
  let ran = 0;
  const failed: string[] = [];
  for (const share of shareCases(chosen, cases)) {
    const result = await runTarget(share.target, {
      seed,
      cases: share.cases,
      watchdog,
      ...(path !== undefined && { path }),
    });
    ran += result.cases;
    console.log(resultLine(result));
    if (!result.failure) continue;
    failed.push(result.name);
    console.log(failureText(result.name, result.failure, seed));
  }
  await watchdog.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  // maxRSS is in kibibytes.
  const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${ran} cases with seed ${seed} in ${seconds.toFixed(1)} s, ${Math.round(ran / seconds)} a second, at most ${mebibytes} MiB of memory, ${failed.length} of ${chosen.length} targets failed`,
  );
  if (mebibytes > memoryMebibytesMax)
    console.log(`FAILED: that is more memory than ${memoryMebibytesMax} MiB`);
  return failed.length > 0 || mebibytes > memoryMebibytesMax ? 1 : 0;
}
