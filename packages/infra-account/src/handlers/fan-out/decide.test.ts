import { describe, expect, it } from '@jest/globals';
import { aPipelineArn, aVersion, anAmi, anImageArn } from '@golden/shared/model/test-builders.ts';
import { parseImageBuildArn } from '@golden/shared/model/image-builder-arn.ts';
import { canMove, versionStates } from '@golden/shared/model/version-state.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { VersionState } from '@golden/shared/model/version-state.ts';
import type { ImageReport } from '@golden/shared/payload/image-report.ts';
import { decideReport, moveOfReport, refuseStranger } from './decide.ts';

const ours = {
  pipelineArn: aPipelineArn,
  recipeName: 'Golden_Prod',
  regions: ['eu-west-1', 'us-east-1'],
};
const about = (imageArn = anImageArn(7)) => ({
  imageArn,
  image: parseImageBuildArn(imageArn)!,
  pipelineArn: aPipelineArn,
});
const home = { region: 'eu-west-1', ami: anAmi('1'), accountId: '111122223333' };
const abroad = { region: 'us-east-1', ami: anAmi('2'), accountId: '111122223333' };
const available = (amis = [home, abroad]): ImageReport => ({
  ...about(),
  status: 'AVAILABLE',
  amis,
});
const failed: ImageReport = { ...about(), status: 'FAILED', reason: 'bash -n said no' };
const cancelled: ImageReport = { ...about(), status: 'CANCELLED' };
const building = aVersion({ state: 'building' });
const withoutImage = (state: VersionState): VersionRecord => {
  const { imageArn, ...version } = aVersion({ state });
  expect(imageArn).toBeDefined();
  return version;
};

describe('refuseStranger', () => {
  it('knows our builds, by whichever channel they come', () => {
    const { imageArn, image } = about();
    expect(refuseStranger(failed, ours)).toBeUndefined();
    expect(refuseStranger({ imageArn, image, status: 'CANCELLED' }, ours)).toBeUndefined();
  });

  it.each([
    ['another pipeline', { ...failed, pipelineArn: `${aPipelineArn}-2` }, 'other-pipeline'],
    [
      'another recipe',
      { ...failed, ...about(anImageArn(7).replace('golden-prod', 'other')) },
      'other-recipe',
    ],
    [
      'another account',
      { ...failed, ...about(anImageArn(7).replace('111122223333', '444455556666')) },
      'other-recipe',
    ],
  ])('turns away %s', (_, report, why) => {
    expect(refuseStranger(report, ours)).toBe(why);
  });
});

describe('decideReport', () => {
  it('records an available image with its AMI per Region', () => {
    expect(decideReport(available(), building, ours)).toEqual({
      kind: 'record',
      to: 'available',
      notice: 'image-available',
      amis: { 'eu-west-1': home.ami, 'us-east-1': abroad.ami },
      missingRegions: [],
    });
  });

  it('takes only the copies of our own account', () => {
    const foreign = { region: 'eu-west-1', ami: anAmi('9'), accountId: '444455556666' };
    expect(decideReport(available([home, foreign]), building, ours)).toMatchObject({
      amis: { 'eu-west-1': home.ami },
      missingRegions: ['us-east-1'],
    });
  });

  it('does not call a version available that has no image', () => {
    expect(decideReport(available([]), building, ours)).toMatchObject({ to: 'failed' });
  });

  it('records a failure with its reason, and cuts one that is a whole log', () => {
    expect(decideReport(failed, building, ours)).toMatchObject({
      to: 'failed',
      notice: 'image-failed',
      reason: 'bash -n said no',
    });
    const chatty: ImageReport = { ...about(), status: 'FAILED', reason: 'x'.repeat(300_000) };
    expect(decideReport(chatty, building, ours)).toMatchObject({ reason: 'x'.repeat(1_000) });
  });

  it('records a cancelled build', () => {
    expect(decideReport(cancelled, building, ours)).toMatchObject({
      to: 'cancelled',
      notice: 'image-cancelled',
    });
  });

  it('counts a second delivery as a repetition, also when the version has moved on', () => {
    const reachedAt = { available: '2026-11-21T11:00:00.000Z' };
    for (const state of ['available', 'rolling-out', 'stable', 'revoked'] as const) {
      expect(decideReport(available(), aVersion({ state, reachedAt }), ours)).toEqual({
        kind: 'repeat',
      });
    }
  });

  it.each(versionStates)(
    'records, of a version that is %s, only what the transition table has',
    (state) => {
      const version = aVersion({ state, reachedAt: {} });
      const reports = [
        [available(), 'available'],
        [failed, 'failed'],
        [cancelled, 'cancelled'],
      ] as const;
      for (const [report, to] of reports) {
        expect(decideReport(report, version, ours)).toMatchObject(
          canMove(state, to) ? { kind: 'record', to } : { kind: 'ignore', why: 'out-of-order' },
        );
      }
    },
  );

  it('waits for an ARN that is about to be recorded', () => {
    const claimed = withoutImage('claimed');
    expect(decideReport(failed, claimed, ours)).toEqual({ kind: 'too-early' });
  });

  it('ignores a build that no claim recorded', () => {
    const second = { ...failed, ...about(anImageArn(7, 2)) };
    expect(decideReport(second, building, ours)).toEqual({ kind: 'ignore', why: 'unknown-build' });
    const superseded = withoutImage('superseded');
    expect(decideReport(failed, superseded, ours)).toEqual({
      kind: 'ignore',
      why: 'unknown-build',
    });
  });
});

describe('moveOfReport', () => {
  it('owes one notice, to be sent by the delivery that writes it', () => {
    const decision = decideReport(available([home]), building, ours);
    if (decision.kind !== 'record') throw new Error(decision.kind);
    const now = { iso: '2026-11-21T11:00:00.000Z', epochSeconds: 1_000 };
    expect(
      moveOfReport({ version: building, decision, logTail: [], owner: 'delivery-1', now }),
    ).toEqual({
      n: 7,
      from: 'building',
      to: 'available',
      at: now.iso,
      facts: {
        amis: { 'eu-west-1': home.ami },
        noticeDue: { code: 'image-available', owner: 'delivery-1', untilEpochSeconds: 1_900 },
      },
    });
  });
});
