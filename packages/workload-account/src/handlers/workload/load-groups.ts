import type { LoadedGroup } from '@golden/shared/aws/auto-scaling.ts';
import type { TemplateVersion } from '@golden/shared/model/group.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import type { Deps } from './deps.ts';
import type { GroupFacts } from './decide/facts.ts';
import { failed } from './report.ts';

/** The facts of a group, with what AWS wants back whole when its versions change. */
export interface LoadedFacts extends GroupFacts {
  group: LoadedGroup;
}

export interface LoadedGroups {
  loaded: readonly LoadedFacts[];
  /** Groups that could not be read, with why. */
  unread: readonly GroupReport[];
}

/** Reads the groups that follow the line here: the one that is named by parameter, or those that are tagged. */
export const loadGroups = async (deps: Deps): Promise<LoadedGroups> => {
  const { groupName, line } = deps.config;
  const groups = await deps.autoScaling.enrolled(groupName ? { groupName } : { line });
  const loaded: LoadedFacts[] = [];
  const unread: GroupReport[] = [];
  for (const group of groups) {
    try {
      loaded.push(await loadFacts(group, deps));
    } catch (error) {
      const { name, size } = group;
      const standing = failed(name, error, deps.log);
      unread.push({ group: name, size, image: '', ...standing, state: 'unknown' });
    }
  }
  if (groupName && groups.length === 0)
    unread.push({
      group: groupName,
      size: 0,
      image: '',
      state: 'skipped',
      block: { reason: 'group-not-found' },
    });
  return { loaded, unread };
};

/** Reads what a decision about one group needs: its newest refreshes and its launch template versions. */
export const loadFacts = async (group: LoadedGroup, deps: Deps): Promise<LoadedFacts> => {
  const refreshes = await deps.autoScaling.refreshes(group.name);
  const named = [
    ...group.templates,
    ...refreshes.flatMap(({ desired }) => desired ?? []),
    ...group.instances.flatMap(({ launchedFrom }) => launchedFrom ?? []),
  ];
  const versions: TemplateVersion[] = [];
  for (const { templateId } of group.templates) {
    const own = named.filter((reference) => reference.templateId === templateId);
    const numbers = own.map(({ version }) => Number(version)).filter(Number.isFinite);
    versions.push(
      ...(await deps.ec2.versions(templateId, {
        from: numbers.length === 0 ? undefined : Math.min(...numbers),
        wantsDefault: own.some(({ version }) => version === '$Default'),
      })),
    );
  }
  return { group, refreshes, versions };
};
