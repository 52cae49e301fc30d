import * as v from 'valibot';
import type { Target } from '@golden/shared/aws/workload-accounts.ts';
import { parseWith } from '@golden/shared/payload/parse.ts';

/** A request for one target; what is asked is between the caller and the handler there. */
export interface ReachRequest extends Target {
  request: Readonly<Record<string, unknown>>;
}

/** Plans are read from a bucket and may be long; what is asked of one target is not. */
const requestCharactersMax = 65_536;

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const reachRequestSchema = v.strictObject({
  account: v.pipe(v.string(), v.regex(/^[0-9]{12}$/)),
  region: v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/), v.maxLength(30)),
  request: v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, 'is not an object'),
    v.check(
      (request) => JSON.stringify(request).length <= requestCharactersMax,
      `is longer than ${requestCharactersMax} characters`,
    ),
  ),
});

/** @throws PayloadError */
export const parseReachRequest = (event: unknown): ReachRequest =>
  parseWith(reachRequestSchema, event, 'request for a target');
