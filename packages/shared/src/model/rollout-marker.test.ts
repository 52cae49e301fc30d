import { describe, expect, it } from '@jest/globals';
import { isMadeBy, readMarker, rolloutMarker } from './rollout-marker.ts';

const rollout = { rolloutId: 'golden-1-0-7-2', ami: 'ami-00000000000000002' };

describe('the marker of a version', () => {
  it('tells rollout and image, whatever version it was copied from', () => {
    expect(readMarker(rolloutMarker(rollout, 3))).toEqual(rollout);
    expect(isMadeBy(rollout, rolloutMarker(rollout, 3))).toBe(true);
    expect(isMadeBy(rollout, rolloutMarker(rollout, 4))).toBe(true);
    expect(rolloutMarker(rollout, 3)).not.toBe(rolloutMarker(rollout, 4));
  });

  it.each([
    ['of another rollout', rolloutMarker({ ...rollout, rolloutId: 'golden-1-0-7' }, 2)],
    ['of another image', rolloutMarker({ ...rollout, ami: 'ami-00000000000000003' }, 3)],
    ['that somebody wrote by hand', 'golden:ami-00000000000000002'],
    ['that is missing', undefined],
  ])('%s is not of this rollout', (_, description) => {
    expect(isMadeBy(rollout, description)).toBe(false);
  });

  it('fits a description of 255 characters with the longest of everything', () => {
    const longest = { rolloutId: 'r'.repeat(50), ami: rollout.ami };
    expect(rolloutMarker(longest, 10_000).length).toBeLessThan(255);
  });
});
