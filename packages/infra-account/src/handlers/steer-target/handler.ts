import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import { isSameRecord } from '@golden/shared/model/same-record.ts';
import { targetName } from '@golden/shared/model/target.ts';
import { standingOf } from '@golden/shared/plan/rollout-line.ts';
import { requireRollout } from '@golden/shared/store/change-rollout.ts';
import { untilWritten } from '@golden/shared/store/until-written.ts';
import { beginMove, followMove, holdBack } from './decide/move-target.ts';
import type { MoveGate } from './decide/move-target.ts';
import { recheckTarget } from './decide/recheck-target.ts';
import type { Situation, Step } from './decide/situation.ts';
import { surveyTarget } from './decide/survey-target.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseSteerRequest } from './parse.ts';
import type { SteeredTarget, SteerRequest } from './parse.ts';
import { questionFor } from './question.ts';
import type { Question } from './question.ts';

/** Between this answer and the question of `reach-account` there is nothing but the engine. */
const heardSecondsMax = 60;

/** What the state machine does next about this target. */
export type SteerAnswer =
  { next: 'ask'; waitSeconds: number; question: Question; target: SteeredTarget } | { next: 'end' };

/**
 * Decides one step of one target: what is known now is written, then the next question is asked. Everything that has to last is
 * in the table, so a step that is repeated leads to the same.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<SteerAnswer> => {
    const request = parseSteerRequest(event);
    const { rolloutId } = request.target;
    const { value: rollout } = await requireRollout(deps.rollouts, rolloutId);
    // One instant for all tries: one that finds what an earlier one has written, its answer lost, decides the same and is done.
    const now = deps.clock.now();
    const step = await untilWritten(`the row of ${targetName(request.target)}`, () =>
      takeStep(request, { rollout, now }, deps),
    );
    return answerOf(step, { request, rollout }, deps);
  };

const takeStep = async (
  { target, said }: SteerRequest,
  { rollout, now }: Pick<Situation, 'rollout' | 'now'>,
  deps: Deps,
): Promise<Step | 'stale'> => {
  const { rolloutId, purpose, wave } = target;
  const { value: record, revision } = await deps.rollouts.target(rolloutId, target);
  const situation: Situation = {
    record,
    rollout,
    ...(said && { said }),
    now,
    limits: {
      refreshTimeoutSeconds: deps.config.REFRESH_TIMEOUT_SECONDS,
      rollbackTimeoutSeconds: deps.config.ROLLBACK_TIMEOUT_SECONDS,
    },
  };
  const step = await decide(situation, target, deps);
  // The budget comes first: a wave that learns of a failure twice is no worse, one that never learns of it is.
  const spentIn = wave ?? record.wave;
  if (step.kind === 'end' && step.spendsBudget && spentIn !== undefined)
    await deps.rollouts.spendBudget(rolloutId, spentIn, target);
  if (step.kind === 'end')
    deps.log.info('target-ended', { rolloutId, ...placeOf(target), purpose, ...step.record.ended });
  if (isSameRecord(step.record, record)) return step;
  const written = await deps.rollouts.writeTarget(rolloutId, { value: step.record, revision });
  return written === 'done' ? step : 'stale';
};

const decide = async (
  situation: Situation,
  { rolloutId, purpose, wave = 0 }: SteeredTarget,
  deps: Deps,
): Promise<Step> => {
  switch (purpose) {
    case 'survey':
      return surveyTarget(situation);
    case 'move': {
      const { said } = situation;
      if (!said) return beginMove(situation, await gateOf(rolloutId, wave, deps));
      const step = followMove({ ...situation, said });
      return step.kind === 'ask' && step.action === 'refresh'
        ? holdBack(step, await gateOf(rolloutId, wave, deps))
        : step;
    }
    case 'recheck':
      return recheckTarget(situation);
    default:
      return purpose satisfies never;
  }
};

/** Read right before each request to move: what failed a second ago counts. */
const gateOf = async (
  rolloutId: SteeredTarget['rolloutId'],
  wave: number,
  { rollouts }: Deps,
): Promise<MoveGate> => {
  const { value: lock } = await rollouts.lock();
  return { wave: await rollouts.wave(rolloutId, wave), standing: standingOf(lock, rolloutId) };
};

const answerOf = (
  step: Step,
  { request, rollout }: { request: SteerRequest; rollout: RolloutRecord },
  { config, clock, log }: Deps,
): SteerAnswer => {
  if (step.kind === 'end') return { next: 'end' };
  const { record, action, waitSeconds } = step;
  const question = questionFor(
    { record, rollout, action },
    { partition: config.PARTITION, kmsKeyId: config.AMI_KMS_KEY_ID },
  );
  log.info('target-asked', { ...placeOf(request.target), action, waitSeconds });
  const heardBy = new Date((clock.now().epochSeconds + waitSeconds + heardSecondsMax) * 1_000);
  return {
    next: 'ask',
    waitSeconds,
    question: { ...question, ...(action === 'refresh' && { notAfter: heardBy.toISOString() }) },
    target: request.target,
  };
};

const placeOf = ({ account, region }: SteeredTarget) => ({ account, region });

export const handler = makeHandler(liveDeps(process.env));
