import { groupTags } from '@golden/shared/model/group.ts';
import type { GoodVersion } from '@golden/shared/model/last-good.ts';
import { rolloutMarker } from '@golden/shared/model/rollout-marker.ts';
import type { RolloutRequest } from '@golden/shared/payload/workload-request.ts';
import type { GroupReport, WorkloadOutcome } from '@golden/shared/payload/workload-response.ts';
import { digestOf } from '@golden/shared/runtime/digest.ts';
import { assessGroups } from './assess-groups.ts';
import type { Ready } from './decide/assess-group.ts';
import type { Rollout } from './decide/facts.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { makeClusterFinder } from './find-cluster.ts';
import { loadFacts, loadGroups } from './load-groups.ts';
import type { LoadedFacts } from './load-groups.ts';
import { forEachGroup, reportAssessment, reportJudgement, reportOn } from './report.ts';
import { answered, refused } from './response.ts';
import { startRefresh } from './start-refresh.ts';

/**
 * Moves every group that can be moved to the image. However often it is asked for one rollout, a group gets one refresh:
 * what this rollout has begun is recognized by the launch template version that it made.
 */
export const refresh = async (
  { rolloutId, image }: RolloutRequest,
  deps: Deps,
): Promise<WorkloadOutcome> => {
  const { loaded, unread } = await loadGroups(deps);
  const assessed = await assessGroups(loaded, image, deps);
  if ('reason' in assessed) return refused(assessed);
  const rollout: Rollout = { rolloutId, ami: image.ami };
  const clusterOf = makeClusterFinder(deps);
  // All are pinned before the first version is made: groups can share a template, whose $Latest is that version from then on.
  const pinned: (LoadedFacts & { ready: Ready })[] = [];
  const standings = await forEachGroup(assessed.groups, deps.log, async (facts) => {
    const judgement = judgeRefresh(facts, rollout);
    if (judgement) return reportJudgement(facts, judgement);
    const { assessment } = facts;
    if (assessment.kind === 'ready') {
      if (assessment.pinTo) await deps.autoScaling.saveVersions(facts.group, assessment.pinTo);
      pinned.push({ ...facts, ready: assessment });
    }
    return reportAssessment(facts);
  });
  const moves = await forEachGroup(pinned, deps.log, async (facts) =>
    move(facts, { ready: facts.ready, rollout, cluster: await clusterOf(facts.group) }, deps),
  );
  const reports = standings.map(
    (standing) => moves.find(({ group }) => group === standing.group) ?? standing,
  );
  return answered([...reports, ...unread], assessed.warnings);
};

/** The steps of one move after its pin; each can be done twice, and what has to be known for the way back is written before the last. */
const move = async (
  facts: LoadedFacts,
  plan: { ready: Ready; rollout: Rollout; cluster: string },
  deps: Deps,
): Promise<GroupReport> => {
  const { group } = facts;
  const { ready, rollout, cluster } = plan;
  const { autoScaling } = deps;
  const versions: { templateId: string; version: number }[] = [];
  for (const source of ready.sources)
    versions.push(await versionFor(facts, { source, rollout }, deps));
  const isOurs = group.tags[groupTags.rollout] === rollout.rolloutId;
  if (!isOurs || !isRecorded(facts, ready))
    await autoScaling.tag(group.name, {
      [groupTags.rollout]: rollout.rolloutId,
      ...(ready.lastGood && { [groupTags.lastGood]: ready.lastGood }),
      ...(ready.before && !isOurs && { [groupTags.before]: ready.before }),
      // The record of an earlier cluster would be held against the new instances.
      ...((cluster || group.tags[groupTags.cluster]) && { [groupTags.cluster]: cluster }),
    });
  const id = await startRefresh(group, { versions, isGuarded: true }, deps);
  if (id === undefined) {
    // Whoever was first may have been ourselves: an answer got lost, or two invocations are at work.
    const now = await loadFacts(group, deps);
    const judgement = judgeRefresh(now, rollout);
    if (judgement) return reportJudgement(now, judgement);
    return reportOn(now, {
      state: 'skipped',
      block: { reason: 'refresh-in-progress', refresh: 'of somebody else', status: 'Pending' },
    });
  }
  deps.log.info('refresh-started', { group: group.name, refreshId: id, ...rollout });
  return reportOn(facts, {
    state: 'moving',
    warnings: [
      ...ready.warnings,
      ...(cluster ? [] : [{ reason: 'registration-not-checked' } as const]),
    ],
    refresh: { id, status: 'Pending', percentageComplete: 0 },
    registration: cluster ? 'checked' : 'not-checked',
  });
};

/** The version of this rollout: the one that an earlier try made, or a new one with nothing but the image changed. */
const versionFor = async (
  { versions }: LoadedFacts,
  { source, rollout }: { source: GoodVersion; rollout: Rollout },
  { ec2 }: Deps,
): Promise<{ templateId: string; version: number }> => {
  const { templateId, version } = source;
  const description = rolloutMarker(rollout, version);
  const made = versions.find(
    (candidate) => candidate.templateId === templateId && candidate.description === description,
  );
  if (made) return made;
  const clientToken = digestOf(`${templateId} ${version} ${description}`);
  const { ami } = rollout;
  const copy = { templateId, version, ami, description, clientToken };
  return { templateId, version: await ec2.copyVersion(copy) };
};

/** An earlier try has written what the group still runs; if that try failed, somebody may have changed the group since. */
const isRecorded = ({ group: { tags } }: LoadedFacts, { lastGood }: Ready): boolean =>
  lastGood === undefined || tags[groupTags.lastGood] === lastGood;
