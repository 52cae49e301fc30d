import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canMove, isBusy, isLive, versionStates } from './version-state.ts';
import type { VersionState } from './version-state.ts';

const states = fc.constantFrom(...versionStates);
const next = (from: VersionState): VersionState[] =>
  versionStates.filter((to) => canMove(from, to));
const dead: VersionState[] = ['rejected', 'failed', 'cancelled', 'superseded', 'revoked'];

describe('version states', () => {
  it('lead a good payload from claim to stable', () => {
    const path: VersionState[] = ['claimed', 'building', 'available', 'rolling-out', 'stable'];
    path.slice(1).forEach((to, index) => {
      expect(canMove(path[index]!, to)).toBe(true);
    });
  });

  it.each(versionStates)('reach an end from %s', (start) => {
    const seen = new Set<VersionState>([start]);
    for (const state of seen) for (const to of next(state)) seen.add(to);
    expect(dead.some((state) => seen.has(state))).toBe(true);
  });

  it('stay where they ended', () => {
    for (const state of dead) expect(next(state)).toEqual([]);
  });

  it('never move twice into one state on any walk, except a retried rollout', () => {
    fc.assert(
      fc.property(fc.array(states, { maxLength: 40 }), (wishes) => {
        const walked: VersionState[] = ['claimed'];
        for (const to of wishes) if (canMove(walked.at(-1)!, to)) walked.push(to);
        const others = walked.filter((state) => state !== 'rolling-out' && state !== 'halted');
        expect(new Set(others).size).toBe(others.length);
      }),
    );
  });

  it('count as live exactly where the same bytes are not built again', () => {
    expect(versionStates.filter(isLive)).toEqual([
      'building',
      'available',
      'rolling-out',
      'stable',
    ]);
    expect(versionStates.filter(isBusy)).toEqual(['building', 'rolling-out']);
  });
});
