import { describe, expect, it } from '@jest/globals';
import { blockValues, warningValues } from '../payload/workload-response.ts';
import type { Block, Warning } from '../payload/workload-response.ts';
import { blockSentence, warningSentence } from './block-sentence.ts';

/** A reason with a value for each name, which has to come back in the sentence. */
const example = (reason: string, names: readonly string[]) => ({
  reason,
  ...Object.fromEntries(names.map((name) => [name, `<${name}>`])),
});

describe('the sentence of a reason', () => {
  const reasons = Object.entries(blockValues);

  it.each(reasons)('%s names every value and says what to do', (reason, names) => {
    const sentence = blockSentence(example(reason, names) as Block);
    for (const name of names) expect(sentence).toContain(`<${name}>`);
    expect(sentence.length).toBeGreaterThan(20);
    expect(sentence).not.toMatch(/undefined|\.$/);
  });

  it.each(Object.entries(warningValues))('%s as a warning', (reason, names) => {
    const sentence = warningSentence(example(reason, names) as Warning);
    for (const name of names) expect(sentence).toContain(`<${name}>`);
  });

  it('says for each state of the alarm what helps', () => {
    const states = ['ALARM', 'INSUFFICIENT_DATA', 'missing'];
    const sentences = states.map((state) =>
      blockSentence({ reason: 'alarm-not-ok', alarm: 'golden', state }),
    );
    expect(new Set(sentences).size).toBe(states.length);
  });
});
