import * as v from 'valibot';
import { isAmiId, isImageLine } from '../model/ids.ts';
import type { AmiId, ImageLine } from '../model/ids.ts';
import { isVersionNumber } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';
import { rolloutStates, stopCodes } from '../model/rollout.ts';
import { isBuildOrder, isRolloutId } from '../model/rollout-id.ts';
import type { BuildOrder, RolloutId } from '../model/rollout-id.ts';
import { targetOutcomes } from '../model/target.ts';
import { explainedReportSchema, explainedSchema } from '../payload/target-answer.ts';

const rolloutId = v.custom<RolloutId>(isRolloutId);
const order = v.custom<BuildOrder>(isBuildOrder);
const stop = v.object({ code: v.picklist(stopCodes), sentence: v.string() });

export const lockSchema = v.object({
  highestArrived: v.exactOptional(order),
  highestWaiting: v.exactOptional(order),
  highestAcquired: v.exactOptional(order),
  holder: v.exactOptional(
    v.object({
      rolloutId,
      order,
      executionArn: v.string(),
      since: v.string(),
      stop: v.exactOptional(stop),
    }),
  ),
});

/** The facts of an image, as records and the input of an execution have them. */
export const rolloutImageSchema = v.object({
  rolloutId,
  order,
  n: v.custom<VersionNumber>(isVersionNumber),
  version: v.string(),
  imageArn: v.string(),
  amis: v.record(v.string(), v.custom<AmiId>(isAmiId)),
});

export const rolloutSchema = v.object({
  ...rolloutImageSchema.entries,
  line: v.custom<ImageLine>(isImageLine),
  state: v.picklist(rolloutStates),
  executionArn: v.string(),
  waves: v.exactOptional(v.array(v.number())),
  wavesDone: v.number(),
  stop: v.exactOptional(stop),
  outcomes: v.exactOptional(v.record(v.string(), v.number())),
  reachedAt: v.record(v.string(), v.string()),
  noticedAt: v.exactOptional(v.string()),
});

export const waveSchema = v.object({
  wave: v.number(),
  targets: v.number(),
  budget: v.number(),
  failedTargets: v.optional(v.array(v.string()), []),
});

const groupSchema = v.object({ ...explainedReportSchema.entries, imageBefore: v.string() });

const time = v.exactOptional(v.string());

export const targetSchema = v.object({
  account: v.string(),
  accountName: v.string(),
  region: v.string(),
  enrolment: v.picklist(['stack-set', 'by-hand']),
  schema: v.exactOptional(v.number()),
  groups: v.array(groupSchema),
  warnings: v.array(explainedSchema),
  wave: v.exactOptional(v.number()),
  startedAt: time,
  timedOutAt: time,
  toldBackAt: time,
  silentSince: time,
  recheckedAt: time,
  surveyedAt: time,
  endedAt: time,
  ended: v.exactOptional(
    v.object({
      outcome: v.picklist(targetOutcomes),
      reason: v.exactOptional(v.string()),
      sentence: v.exactOptional(v.string()),
    }),
  ),
});
