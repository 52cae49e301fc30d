import { groupTags } from './group.ts';

/** One launch template version that a group ran, with its image. */
export interface GoodVersion {
  templateId: string;
  version: number;
  ami: string;
}

/** Auto Scaling API reference, Tag: a value has at most 256 characters; an entry takes up to 48 of them and a space. */
export const goodVersionsMax = 4;

/** `lt-...:3:ami-...`, one for each launch template of the group, the main one first. */
export const formatLastGood = (versions: readonly GoodVersion[]): string =>
  versions.map(({ templateId, version, ami }) => `${templateId}:${version}:${ami}`).join(' ');

const entryPattern = /^(lt-[0-9a-f]+):([1-9][0-9]*):(ami-[0-9a-f]+)$/;

/** Reads the tag; undefined when it is missing or was written by somebody else. */
export const parseLastGood = (tag: string | undefined): readonly GoodVersion[] | undefined => {
  const entries = (tag ?? '').split(' ').map((entry) => entryPattern.exec(entry));
  const versions: GoodVersion[] = [];
  for (const entry of entries) {
    const [, templateId, version, ami] = entry ?? [];
    if (templateId === undefined || version === undefined || ami === undefined) return undefined;
    versions.push({ templateId, version: Number(version), ami });
  }
  return versions;
};

/** The record of a rollout that was not the last one to move the group: `<rollout id> <last good>`. */
export const formatBefore = (rolloutId: string, lastGood: string): string =>
  `${rolloutId} ${lastGood}`;

/** What a group ran before a rollout, as its tags record it. */
export const recordedLastGood = (
  tags: Readonly<Record<string, string>>,
  rolloutId: string,
): readonly GoodVersion[] | undefined => {
  if (tags[groupTags.rollout] === rolloutId) return parseLastGood(tags[groupTags.lastGood]);
  const before = tags[groupTags.before] ?? '';
  return before.startsWith(`${rolloutId} `)
    ? parseLastGood(before.slice(rolloutId.length + 1))
    : undefined;
};
