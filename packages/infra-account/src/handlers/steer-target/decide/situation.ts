import type { Instant } from '@golden/shared/model/instant.ts';
import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import type { Ended, TargetRecord } from '@golden/shared/model/target.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import type { WorkloadRequest } from '@golden/shared/payload/workload-request.ts';

/** What is asked of the handler of a target. */
export type Action = WorkloadRequest['action'];

/** Where one target stands, as a step finds it. */
export interface Situation {
  record: TargetRecord;
  rollout: RolloutRecord;
  /** What came back of the last request; absent at the first step. */
  said?: { asked: Action; answer: ReachAnswer };
  now: Instant;
  limits: Limits;
}

interface Limits {
  /** From the first request to move until a target is told to go back. */
  refreshTimeoutSeconds: number;
  /** From then on until it counts as failed, whatever it does. */
  rollbackTimeoutSeconds: number;
}

/** The next thing to do about a target. `record` is what is known now, and is written before it is done. */
export type Step =
  | { kind: 'ask'; record: TargetRecord; action: Action; waitSeconds: number }
  | { kind: 'end'; record: TargetRecord; spendsBudget: boolean };

export const ask = (record: TargetRecord, action: Action, waitSeconds = 0): Step => ({
  kind: 'ask',
  record,
  action,
  waitSeconds,
});

/** A target comes to rest; `spendsBudget` as its wave counts it. */
export const end = (
  record: TargetRecord,
  now: Instant,
  { ended, spendsBudget = false }: { ended: Ended; spendsBudget?: boolean },
): Step => ({
  kind: 'end',
  record: { ...withoutSilence(record), ended, endedAt: now.iso },
  spendsBudget,
});

/** There is nothing more to ask, and no other outcome than before: whatever budget that spent is spent. */
export const endAsItIs = (record: TargetRecord): Step => ({
  kind: 'end',
  record,
  spendsBudget: false,
});

export const withoutSilence = ({ silentSince, ...record }: TargetRecord): TargetRecord => record;
