import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { GroupShape } from '@golden/stage/customer-template.ts';
import { Expectations } from './expectations.ts';
import { silent } from './narrator.ts';
import { Organization } from './organization.ts';
import { tellAll } from './tell.ts';
import { Teller } from './teller.ts';

/** The whole story in an organization that is as small as it can be told in. */
async function run(): Promise<{ journal: string; expectations: Expectations }> {
  const canaryShapes: readonly GroupShape[] = ['LatestGroup'];
  const org = await Organization.open({ seed: '1', accounts: 3, regions: 1, canaryShapes });
  const expectations = new Expectations();
  await tellAll({ org, tell: new Teller(expectations, silent) });
  return { journal: org.fleet.world.journal.toJsonLines(), expectations };
}

describe('the demo', () => {
  it('keeps every promise, and a second run with the same seed writes the same journal', async () => {
    const first = await run();
    expect(first.expectations.broken).toEqual([]);
    expect(first.expectations.all.length).toBeGreaterThan(55);
    const second = await run();
    // Compared as one value: a difference of two journals of thousands of lines helps nobody.
    expect(second.journal === first.journal).toBe(true);
    expect(second.expectations.all).toEqual(first.expectations.all);
  }, 180_000);

  it('is the story of the README, as large as it is told there, and its fourth chapter is the picture', () => {
    const folder = mkdtempSync(join(tmpdir(), 'golden-picture-'));
    const picture = join(folder, 'demo.svg');
    try {
      const main = fileURLToPath(new URL('main.ts', import.meta.url));
      const { status, stdout } = spawnSync(process.execPath, [main, '--picture', picture], {
        encoding: 'utf8',
      });
      expect({ status, broken: stdout.match(/^BROKEN.*$/gm) }).toEqual({ status: 0, broken: null });
      expect(readFileSync(picture, 'utf8')).toBe(
        readFileSync(new URL('../../../docs/demo.svg', import.meta.url), 'utf8'),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);
});
