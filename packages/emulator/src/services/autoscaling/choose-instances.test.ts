import { describe, expect, it } from '@jest/globals';
import { chooseLocation, chooseVictims } from './choose-instances.ts';
import type { Member } from './state.ts';

const aMember = (instanceId: string, given: Partial<Member> = {}): Member => ({
  instanceId,
  state: 'InService',
  health: 'Healthy',
  isProtectedFromScaleIn: false,
  instanceType: 't3.micro',
  availabilityZone: 'a',
  launchedFrom: { id: 'lt-1', name: 'web', version: '2' },
  launchConfiguration: undefined,
  imageId: 'ami-1',
  launchedAt: 1,
  inServiceAt: 1,
  activity: undefined,
  waits: new Map(),
  ...given,
});

const ids = (members: readonly Member[]): readonly string[] =>
  members.map(({ instanceId }) => instanceId);

const version = (number: string) => ({
  launchedFrom: { id: 'lt-1', name: 'web', version: number },
});

describe('where an instance is launched', () => {
  const places = [
    { subnetId: 's1', availabilityZone: 'a' },
    { subnetId: 's2', availabilityZone: 'b' },
  ];

  it('is the emptiest zone, else the first', () => {
    expect(chooseLocation(places, [])?.subnetId).toBe('s1');
    expect(chooseLocation(places, [aMember('i-1')])?.subnetId).toBe('s2');
    expect(chooseLocation([], [])).toBeUndefined();
  });
});

describe('what scale-in takes', () => {
  it('is of the fullest zone first', () => {
    const members = [
      aMember('i-1', { availabilityZone: 'b', ...version('1') }),
      aMember('i-2', { launchedAt: 5 }),
      aMember('i-3', { launchedAt: 4 }),
    ];
    expect(ids(chooseVictims(members, 1, ['Default']))).toEqual(['i-3']);
    expect(ids(chooseVictims(members, 2, ['Default']))).toEqual(['i-3', 'i-1']);
  });

  it('is of the oldest version first, and of a launch configuration before any', () => {
    const members = [
      aMember('i-1', { launchedAt: 1, ...version('10') }),
      aMember('i-2', { launchedAt: 2, ...version('9') }),
      aMember('i-3', { launchedAt: 3, launchConfiguration: 'old', launchedFrom: undefined }),
    ];
    expect(ids(chooseVictims(members, 3, ['Default']))).toEqual(['i-3', 'i-2', 'i-1']);
  });

  it('follows the policies of the group', () => {
    const members = [
      aMember('i-1', { launchedAt: 1, ...version('2') }),
      aMember('i-2', { launchedAt: 2, ...version('1') }),
      aMember('i-3', { launchedAt: 3, ...version('2') }),
    ];
    expect(ids(chooseVictims(members, 1, ['OldestInstance']))).toEqual(['i-1']);
    expect(ids(chooseVictims(members, 1, ['NewestInstance']))).toEqual(['i-3']);
    expect(ids(chooseVictims(members, 2, ['OldestLaunchTemplate', 'NewestInstance']))).toEqual([
      'i-2',
      'i-3',
    ]);
  });

  it('is never protected', () => {
    const members = [aMember('i-1', { isProtectedFromScaleIn: true }), aMember('i-2')];
    expect(ids(chooseVictims(members, 2, ['Default']))).toEqual(['i-2']);
  });
});
