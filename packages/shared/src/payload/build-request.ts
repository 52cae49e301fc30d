import * as v from 'valibot';
import type { Upload } from '../model/records.ts';
import { parseObjectCreated } from './object-created.ts';
import { parseJson } from './parse.ts';

/** What asks for a build: an upload, or the daily question whether the parent image moved. */
export type BuildRequest = { cause: 'upload'; upload: Upload } | { cause: 'parent' };

const parentWatchSchema = v.object({ cause: v.literal('parent') });

/**
 * Reads the body of one message of the build queue.
 *
 * @throws PayloadError
 */
export const parseBuildRequest = (body: string): BuildRequest => {
  const message = parseJson(body, 'message of the build queue');
  return v.is(parentWatchSchema, message)
    ? { cause: 'parent' }
    : { cause: 'upload', upload: parseObjectCreated(message) };
};
