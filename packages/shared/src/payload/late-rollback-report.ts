import * as v from 'valibot';
import { isAmiId, isImageLine } from '../model/ids.ts';
import type { AmiId, ImageLine } from '../model/ids.ts';
import { isRolloutId } from '../model/rollout-id.ts';
import type { RolloutId } from '../model/rollout-id.ts';
import { lateRollbackDetailType, lateRollbackSchema } from './late-rollback-event.ts';
import { parseWith, text } from './parse.ts';

/** Groups of a target that an alarm takes back, as its account reports it. */
export interface LateRollbackReport {
  account: string;
  region: string;
  line: ImageLine;
  rolloutId: RolloutId;
  ami: AmiId;
  groups: readonly string[];
}

const groupsMax = 2_000;
/** Auto Scaling API Reference, CreateAutoScalingGroup: a name has at most 255 characters. */
const groupNameLengthMax = 255;

const eventSchema = v.object({
  'detail-type': v.literal(lateRollbackDetailType),
  account: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  detail: v.object({
    schema: v.literal(lateRollbackSchema),
    line: v.custom<ImageLine>(isImageLine),
    region: v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/)),
    rolloutId: v.custom<RolloutId>(isRolloutId),
    ami: v.custom<AmiId>(isAmiId),
    groups: v.pipe(v.array(text(groupNameLengthMax)), v.minLength(1), v.maxLength(groupsMax)),
  }),
});

/**
 * Reads an event of the infra bus. Who sent it is said by EventBridge, everything else by the sender.
 *
 * @throws PayloadError
 */
export const parseLateRollback = (event: unknown): LateRollbackReport => {
  const { account, detail } = parseWith(eventSchema, event, 'late rollback event');
  const { line, region, rolloutId, ami, groups } = detail;
  return { account, region, line, rolloutId, ami, groups };
};
