import { anAmi, anImageArn } from './test-builders.ts';
import { imageLine } from './ids.ts';
import type { Instant } from './instant.ts';
import type { LineLock, RolloutRecord, WaveRecord } from './rollout.ts';
import { buildIdentity } from './rollout-id.ts';
import type { BuildOrder, RolloutId } from './rollout-id.ts';
import type { GroupRecord, TargetRecord } from './target.ts';
import type { ExplainedReport } from '../payload/target-answer.ts';
import type { ReachAnswer, UnreachableReason } from '../payload/reach-answer.ts';

/** Builders for tests of rollouts: a good example of each record, changed where the test says so. */

const line = imageLine('prod');
const firstEpochSeconds = 1_795_262_400;

/** @param seconds after noon of 21 November 2026 */
export const anInstant = (seconds = 0): Instant => ({
  epochSeconds: firstEpochSeconds + seconds,
  // eslint-disable-next-line no-restricted-globals -- writes a given time, never reads the clock
  iso: new Date((firstEpochSeconds + seconds) * 1000).toISOString(),
});

/** Of build `build` of version `1.0.<n>`. */
export const anOrder = (n = 7, build = 1): BuildOrder =>
  buildIdentity(line, anImageArn(n, build)).order;
export const aRolloutId = (n = 7, build = 1): RolloutId =>
  buildIdentity(line, anImageArn(n, build)).rolloutId;

export const anExecutionArn = (n = 7): string =>
  `arn:aws:states:eu-west-1:111122223333:execution:golden-prod:${aRolloutId(n)}`;

/** A rollout of version `1.0.7` in two waves, which has its line. */
export const aRollout = (changes: Partial<RolloutRecord> = {}): RolloutRecord => ({
  ...buildIdentity(line, anImageArn(7)),
  version: '1.0.7',
  imageArn: anImageArn(7),
  amis: { 'eu-west-1': anAmi('2') },
  line,
  state: 'running',
  executionArn: anExecutionArn(),
  waves: [1, 3],
  wavesDone: 0,
  reachedAt: { planned: anInstant().iso },
  ...changes,
});

/** A wave that may lose nothing and has lost nothing. */
export const aWave = (changes: Partial<WaveRecord> = {}): WaveRecord => ({
  wave: 1,
  targets: 3,
  budget: 0,
  failedTargets: [],
  ...changes,
});

/** The line of {@link aRollout}, which holds it. */
export const aLock = (changes: Partial<LineLock> = {}): LineLock => ({
  highestArrived: anOrder(),
  highestWaiting: anOrder(),
  highestAcquired: anOrder(),
  holder: {
    rolloutId: aRolloutId(),
    order: anOrder(),
    executionArn: anExecutionArn(),
    since: anInstant().iso,
  },
  ...changes,
});

/** What a group says of itself that can be moved. */
export const aReport = (changes: Partial<ExplainedReport> = {}): ExplainedReport => ({
  group: 'web',
  state: 'ready',
  size: 3,
  image: anAmi('1'),
  ...changes,
});

/** The same as it is recorded. */
export const aGroupRecord = (changes: Partial<GroupRecord> = {}): GroupRecord => ({
  ...aReport(),
  imageBefore: anAmi('1'),
  ...changes,
});

/** A target with one group that can be moved, in the first wave. */
export const aTarget = (changes: Partial<TargetRecord> = {}): TargetRecord => ({
  account: '222233334444',
  accountName: 'shop',
  region: 'eu-west-1',
  enrolment: 'stack-set',
  groups: [aGroupRecord()],
  warnings: [],
  wave: 1,
  surveyedAt: anInstant(-60).iso,
  ...changes,
});

/** What a target answers of its groups. */
export const anAnswer = (...groups: ExplainedReport[]): ReachAnswer => ({
  outcome: 'answered',
  response: { outcome: 'answered', warnings: [], groups },
});

/** What a target answers that refuses as a whole. */
export const aRefusal = (reason = 'image-not-visible'): ReachAnswer => ({
  outcome: 'answered',
  response: { outcome: 'refused', block: { reason, sentence: `${reason} it is` } },
});

export const aSilence = (reason: UnreachableReason = 'throttled'): ReachAnswer => ({
  outcome: 'unreachable',
  reason,
  detail: `AWS says ${reason}`,
});
