import { describe, expect, it } from '@jest/globals';
import { InfraStage } from '@golden/stage/infra-stage.ts';
import { Expectations } from './expectations.ts';
import { Story } from './story.ts';

const silent = { chapter: () => undefined, say: () => undefined, checked: () => undefined };

async function tell(seed: string): Promise<{ journal: string; expectations: Expectations }> {
  const stage = await InfraStage.open({ settings: { seed } });
  const expectations = new Expectations();
  await new Story(stage, expectations, silent).tell();
  return { journal: stage.world.journal.toJsonLines(), expectations };
}

describe('the demo', () => {
  it('keeps every promise, and a second run with the same seed writes the same journal', async () => {
    const first = await tell('1');
    expect(first.expectations.broken).toEqual([]);
    expect(first.expectations.all.length).toBeGreaterThan(20);
    const second = await tell('1');
    // Compared as one value: a difference of two journals of thousands of lines helps nobody.
    expect(second.journal === first.journal).toBe(true);
    expect(second.expectations.all).toEqual(first.expectations.all);
  });

  it('keeps every promise with twenty other seeds', async () => {
    for (let seed = 2; seed <= 21; seed += 1) {
      const { expectations } = await tell(String(seed));
      expect({ seed, broken: expectations.broken }).toEqual({ seed, broken: [] });
    }
  }, 600_000);
});
