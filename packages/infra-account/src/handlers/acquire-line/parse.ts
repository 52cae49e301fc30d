import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import type { Announcement } from '../../rollout/announce.ts';
import { announcementSchema } from '../../rollout/environment.ts';

/** A rollout that wants the line. */
export interface AcquireRequest extends Announcement {
  /** When its execution began, ISO 8601 UTC. */
  startedAt: string;
}

const acquireSchema = v.strictObject({
  ...announcementSchema.entries,
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
});

/** @throws PayloadError */
export const parseAcquireRequest = (event: unknown): AcquireRequest =>
  parseWith(acquireSchema, event, 'request for the line');
