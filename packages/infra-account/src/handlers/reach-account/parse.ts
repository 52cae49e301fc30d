import * as v from 'valibot';
import type { Target } from '@golden/shared/aws/workload-accounts.ts';
import { parseWith } from '@golden/shared/payload/parse.ts';

/** A request for one target; what is asked is between the caller and the handler there. */
export interface ReachRequest extends Target {
  /** ISO 8601 UTC: whoever asks later has to decide again first. */
  notAfter?: string;
  request: Readonly<Record<string, unknown>>;
}

/** Plans are read from a bucket and may be long; what is asked of one target is not. */
const requestCharactersMax = 65_536;

/** A text of JSON may nest deeper than a stack of calls is; no request of ours comes near. */
const levelsMax = 20;

const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1)));

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const reachRequestSchema = v.strictObject({
  account: v.pipe(v.string(), v.regex(/^[0-9]{12}$/)),
  region: v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/), v.maxLength(30)),
  notAfter: v.exactOptional(
    v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)),
  ),
  request: v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, 'is not an object'),
    v.check(
      (request) =>
        isShallow(request, levelsMax) && JSON.stringify(request).length <= requestCharactersMax,
      `is longer than ${requestCharactersMax} characters, or nests more than ${levelsMax} levels`,
    ),
  ),
});

/** @throws PayloadError */
export const parseReachRequest = (event: unknown): ReachRequest =>
  parseWith(reachRequestSchema, event, 'request for a target');
