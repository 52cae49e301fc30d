import { drawScenario } from './draw-scenario.ts';
import { manySeeds, repeatOf } from './many-seeds.ts';
import { command, readOptions, usage } from './options.ts';
import { failureText, runLine, scenarioText } from './report.ts';
import type { Scenario } from './scenario.ts';
import { scenarioOf, scenarios } from './scenarios.ts';
import { simulate } from './simulate.ts';

const options = readOptions(process.argv.slice(2));
switch (options.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'list':
    for (const { name, showed } of scenarios) console.log(`${name}\n    ${showed}`);
    break;
  case 'refused':
    console.error(`${options.problem}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'seed':
    process.exitCode = await one(drawScenario(options.seed), {
      what: `seed ${options.seed}`,
      repeat: repeatOf(options.seed),
    });
    break;
  case 'scenario': {
    const named = scenarios.find(({ name }) => name === options.name);
    if (!named) throw new Error(`there is no scenario ${options.name}`);
    process.exitCode = await one(scenarioOf(named), {
      what: named.name,
      repeat: `${command} --scenario ${named.name}`,
    });
    break;
  }
  case 'seeds':
    process.exitCode =
      (await manySeeds({
        ...options,
        say: (line) => {
          console.log(line);
        },
      })) > 0
        ? 1
        : 0;
    break;
  default:
    options satisfies never;
}

async function one(
  scenario: Scenario,
  about: { readonly what: string; readonly repeat: string },
): Promise<number> {
  console.log(scenarioText(scenario));
  const result = await simulate(scenario);
  for (const { kind, account, region, result: came } of result.deeds)
    console.log(`act: ${account} ${region} ${kind}: ${came}`);
  console.log(runLine(about.what, result));
  console.log(`journal ${result.journalDigest}`);
  if (result.verdict.kind !== 'failed') return 0;
  console.log(failureText(result, about));
  return 1;
}
