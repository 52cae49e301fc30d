import { runShare, type Share } from './many-seeds.ts';

/** A process that runs a share of the seeds and tells its parent of each. */
await runShare(JSON.parse(process.argv[2] ?? '{}') as Share, (one) => {
  process.send?.(one);
});
process.disconnect();
