import { beforeAll, describe, expect, it } from '@jest/globals';
import { openEndpointWorld } from '../src/endpoint-world.ts';
import { failureText } from '../src/report.ts';
import { regressions } from '../src/regressions.ts';
import { runTarget } from '../src/run-target.ts';
import { shareCases } from '../src/share-cases.ts';
import { allTargets } from '../src/targets/all-targets.ts';

/** Always the same cases, so that a commit is red for what it changed; `pnpm fuzz --seed` draws others. */
const seed = 1;
const cases = 2_000;
/** A target that ends everything at the first look is not tested. */
const outcomesMin = 2;

describe('hostile input', () => {
  it.each(shareCases(allTargets, cases).map((share) => [share.target.name, share] as const))(
    'brings nothing about in %s',
    async (name, share) => {
      const {
        failure,
        cases: ran,
        outcomes,
      } = await runTarget(share.target, { seed, cases: share.cases });
      expect(failure && failureText(name, failure, seed)).toBeUndefined();
      expect(ran).toBe(share.cases);
      if (ran > 10) expect(outcomes.size).toBeGreaterThanOrEqual(outcomesMin);
    },
    60_000,
  );
});

describe('what was found once', () => {
  let accessKeyId = '';

  beforeAll(async () => {
    const { account } = await openEndpointWorld();
    ({ accessKeyId } = account.adminCredentials);
  });

  it.each(
    regressions.map((regression) => [regression.target, regression.found, regression] as const),
  )(
    'in %s is mended: %s',
    async (name, _found, { text, outcome }) => {
      const target = allTargets.find((candidate) => candidate.name === name);
      if (!target) throw new Error(`there is no target ${name}`);
      const opened = await target.open();
      expect(await opened.run(text({ accessKeyId }))).toBe(outcome);
      await opened.close?.();
    },
    60_000,
  );
});
