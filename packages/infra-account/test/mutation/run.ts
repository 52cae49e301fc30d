import { Worker } from 'node:worker_threads';
import { readInfraTemplate } from '@golden/stage/infra-stage.ts';
import type { Judgement } from './judge-sites.ts';
import { justified } from './justified.ts';
import type { LaneWork } from './lane.ts';
import { scenarioFor } from './scenario-for.ts';
import { policySites, type Site } from './sites.ts';

const laneCount = 2;
const evidenceLengthMax = 200;

/** Each scenario runs in one lane, since it is first run with the whole template; the longest go first. */
function lanesOf(sites: readonly Site[]): readonly (readonly Site[])[] {
  const lanes: Site[][] = Array.from({ length: laneCount }, () => []);
  const groups = [...Map.groupBy(sites, (site) => scenarioFor(site).name).values()];
  for (const group of groups.toSorted((one, other) => other.length - one.length))
    lanes.toSorted((one, other) => one.length - other.length)[0]?.push(...group);
  return lanes.filter(({ length }) => length > 0);
}

const runLane = (work: LaneWork, hear: (judgement: Judgement) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./lane.ts', import.meta.url), { workerData: work });
    worker.on('message', hear);
    worker.on('error', reject);
    worker.on('exit', () => {
      resolve();
    });
  });

const isFailure = ({ verdict }: Judgement): boolean =>
  verdict === 'NOT NOTICED' || verdict === 'JUSTIFIED, BUT NOTICED';

const lineOf = ({ id, scenario, verdict, because }: Judgement): string =>
  `${verdict.padEnd(10)} ${id}  [${scenario}]  ${because.replaceAll('\n', ' ').slice(0, evidenceLengthMax)}`;

/** Takes each site away in turn; a filter picks those whose id holds it. */
async function mutatePolicies(filter: string | undefined): Promise<number> {
  const began = performance.now();
  const template = readInfraTemplate();
  const sites = policySites(template).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const gone = Object.keys(justified).filter((end) => !sites.some(({ id }) => id.endsWith(end)));
  if (filter === undefined && gone.length > 0)
    throw new Error(`justified and no longer there: ${gone.join(', ')}`);
  const judgements: Judgement[] = [];
  const runs = lanesOf(sites).map((lane) =>
    runLane({ template, ids: lane.map(({ id }) => id) }, (judgement) => {
      judgements.push(judgement);
      console.log(lineOf(judgement));
    }),
  );
  await Promise.all(runs);
  const failed = judgements.filter(isFailure);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `mutate-policies: ${judgements.length - failed.length} of ${sites.length} rights and conditions are needed or justified, in ${seconds} s`,
  );
  for (const judgement of failed) console.log(lineOf(judgement));
  return failed.length === 0 && judgements.length === sites.length && sites.length > 0 ? 0 : 1;
}

process.exitCode = await mutatePolicies(process.argv[2]);
