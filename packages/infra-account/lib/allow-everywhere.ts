import { allowEverywhereFor } from '@golden/constructs/policy.ts';

import { starReasons } from './star-reasons.ts';

/** A statement for all resources; its Sid has to be in `starReasons`. */
export const allowEverywhere = allowEverywhereFor(starReasons);
