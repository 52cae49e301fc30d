import { parentPort, workerData } from 'node:worker_threads';
import { judgeSites } from './judge-sites.ts';
import { policySites } from './sites.ts';

/** What a lane is started with. */
export interface LaneWork {
  readonly template: string;
  readonly ids: readonly string[];
}

const { template, ids } = workerData as LaneWork;
const sites = policySites(template).filter(({ id }) => ids.includes(id));
for await (const judgement of judgeSites(template, sites)) parentPort?.postMessage(judgement);
