import type { ImageLine } from '@golden/shared/model/ids.ts';

/** STS API Reference, AssumeRole, RoleSessionName: at most 64 of these characters. */
const sessionNameLengthMax = 64;

/** `<line>-<action>-<rollout>`, so that CloudTrail of the target says what for: for people, nothing depends on it. */
export const sessionName = (line: ImageLine, request: Readonly<Record<string, unknown>>): string =>
  [line, request['action'], request['rolloutId']]
    .filter((part) => typeof part === 'string')
    .join('-')
    .replaceAll(/[^\w+=,.@-]/g, '_')
    .slice(0, sessionNameLengthMax);
