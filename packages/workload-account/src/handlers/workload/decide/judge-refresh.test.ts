import { describe, expect, it } from '@jest/globals';
import type { RefreshStatus } from '@golden/shared/model/group.ts';
import {
  aGroup,
  anInstance,
  aRollout,
  aTemplate,
  aVersion,
  facts,
  newAmi,
  oldAmi,
  ourRefresh,
  ourVersion,
} from '../test-builders.ts';
import { judgeRefresh } from './judge-refresh.ts';
import type { GroupFacts } from './facts.ts';

const recorded = {
  'golden:rollout': aRollout.rolloutId,
  'golden:last-good': `${aTemplate}:3:${oldAmi}`,
};
const begun = { ...recorded, 'golden:rollback': `${aRollout.rolloutId} agent-not-registered` };
const moved = (
  status: RefreshStatus,
  changes: { tags?: Record<string, string>; later?: GroupFacts['refreshes'] } = {},
): GroupFacts =>
  facts({
    group: aGroup({ tags: changes.tags ?? recorded }),
    refreshes: [...(changes.later ?? []), ourRefresh({ status })],
    versions: [aVersion(), ourVersion()],
  });
const back = (status: RefreshStatus) =>
  ourRefresh({ id: 'back', status, desired: { templateId: aTemplate, version: '3' } });

describe('where the refresh of a rollout stands', () => {
  it('is nowhere when the rollout never started one', () => {
    const other = facts({
      refreshes: [ourRefresh({ desired: { templateId: aTemplate, version: '3' } })],
    });
    expect(judgeRefresh(other, aRollout)).toBeUndefined();
  });

  it('is nowhere when another rollout of the same image started it', () => {
    expect(judgeRefresh(moved('InProgress'), { ...aRollout, rolloutId: 'other' })).toBeUndefined();
  });

  const standings: readonly [RefreshStatus, object][] = [
    ['Pending', { state: 'moving' }],
    ['InProgress', { state: 'moving' }],
    ['Baking', { state: 'moving' }],
    ['Cancelling', { state: 'rolling-back' }],
    ['RollbackInProgress', { state: 'rolling-back' }],
    ['Successful', { state: 'refreshed' }],
    ['Failed', { state: 'failed', reason: 'refresh-failed' }],
    ['Cancelled', { state: 'failed', reason: 'refresh-cancelled' }],
    ['RollbackSuccessful', { state: 'rolled-back', reason: 'alarm' }],
    ['RollbackFailed', { state: 'failed', reason: 'rollback-failed' }],
  ];
  it.each(standings)('%s', (status, standing) => {
    expect(judgeRefresh(moved(status), aRollout)).toMatchObject({ kind: 'report', standing });
  });

  it('is rolled back for the reason that was written down before', () => {
    expect(judgeRefresh(moved('RollbackSuccessful', { tags: begun }), aRollout)).toMatchObject({
      standing: { state: 'rolled-back', reason: 'agent-not-registered' },
    });
  });

  it('does not take the reason of another rollout for its own', () => {
    const tags = { ...recorded, 'golden:rollback': `${aRollout.rolloutId}0 judge` };
    expect(judgeRefresh(moved('InProgress', { tags }), aRollout)).toMatchObject({
      standing: { state: 'moving' },
    });
  });
});

describe('the way back', () => {
  it.each(['Pending', 'InProgress', 'Baking'] as const)('is AWS its own while %s', (status) => {
    expect(judgeRefresh(moved(status), aRollout, 'judge')).toMatchObject({
      kind: 'roll-back',
      reason: 'judge',
    });
  });

  it.each(['Successful', 'Failed', 'Cancelled', 'RollbackFailed'] as const)(
    'is a new refresh to what was recorded after %s',
    (status) => {
      expect(judgeRefresh(moved(status), aRollout, 'judge')).toMatchObject({
        kind: 'refresh-back',
        to: [{ templateId: aTemplate, version: 3, ami: oldAmi }],
      });
    },
  );

  it('goes on after a cancellation that was only its first half', () => {
    expect(judgeRefresh(moved('Cancelled', { tags: begun }), aRollout)).toMatchObject({
      kind: 'refresh-back',
      reason: 'agent-not-registered',
    });
  });

  it('is not begun twice', () => {
    expect(
      judgeRefresh(moved('Successful', { tags: begun, later: [back('InProgress')] }), aRollout),
    ).toMatchObject({ kind: 'report', standing: { state: 'rolling-back' } });
  });

  it('ends rolled back, or failed with what AWS says', () => {
    expect(
      judgeRefresh(moved('Successful', { tags: begun, later: [back('Successful')] }), aRollout),
    ).toMatchObject({ standing: { state: 'rolled-back', reason: 'agent-not-registered' } });
    expect(
      judgeRefresh(moved('Successful', { tags: begun, later: [back('Failed')] }), aRollout),
    ).toMatchObject({ standing: { state: 'failed', reason: 'rollback-failed' } });
  });

  it('is tried again when somebody asks again after it has failed', () => {
    expect(
      judgeRefresh(
        moved('Successful', { tags: begun, later: [back('Cancelled')] }),
        aRollout,
        'person',
      ),
    ).toMatchObject({ kind: 'refresh-back', to: [{ version: 3 }] });
  });

  it('is nowhere to go once the group was moved on to another image', () => {
    const next = ourRefresh({
      id: 'next',
      status: 'Successful',
      desired: { templateId: aTemplate, version: '5' },
    });
    const movedOn = (version: number): GroupFacts => ({
      ...moved('Successful', { later: [next] }),
      group: aGroup({
        tags: recorded,
        templates: [{ templateId: aTemplate, version: '5' }],
        instances: [anInstance(5), anInstance(version)],
      }),
      versions: [aVersion(), ourVersion(), aVersion({ version: 5 })],
    });
    expect(judgeRefresh(movedOn(5), aRollout, 'person')).toMatchObject({
      kind: 'report',
      standing: { state: 'rolled-back', reason: 'person' },
    });
    expect(judgeRefresh(movedOn(4), aRollout, 'person')).toMatchObject({ kind: 'refresh-back' });
  });

  it('waits for a refresh of somebody else', () => {
    const other = ourRefresh({ id: 'other', status: 'Pending', desired: undefined });
    expect(
      judgeRefresh(moved('Successful', { tags: begun, later: [other] }), aRollout),
    ).toMatchObject({ standing: { state: 'rolling-back', reason: 'refresh-in-progress' } });
  });

  it('is found when another rollout has come and gone since', () => {
    const tags = {
      'golden:rollout': 'other',
      'golden:last-good': `${aTemplate}:4:${newAmi}`,
      'golden:before': `${aRollout.rolloutId} ${aTemplate}:3:${oldAmi}`,
    };
    expect(judgeRefresh(moved('Successful', { tags }), aRollout, 'person')).toMatchObject({
      kind: 'refresh-back',
      to: [{ templateId: aTemplate, version: 3, ami: oldAmi }],
    });
  });

  it('is never what another rollout recorded', () => {
    const tags = { ...recorded, 'golden:rollout': 'other' };
    expect(judgeRefresh(moved('Successful', { tags }), aRollout, 'person')).toMatchObject({
      standing: { state: 'failed', reason: 'no-last-good' },
    });
  });

  it('is never guessed when the record is gone', () => {
    expect(judgeRefresh(moved('Successful', { tags: {} }), aRollout, 'judge')).toMatchObject({
      kind: 'report',
      standing: { state: 'failed', reason: 'no-last-good' },
    });
  });
});
