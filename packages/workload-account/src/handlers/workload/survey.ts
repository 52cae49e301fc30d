import type { NamedImage } from '@golden/shared/payload/workload-request.ts';
import type { Warning, WorkloadOutcome } from '@golden/shared/payload/workload-response.ts';
import { assessGroups } from './assess-groups.ts';
import type { Deps } from './deps.ts';
import { loadGroups } from './load-groups.ts';
import { reportAssessment } from './report.ts';
import { answered, refused } from './response.ts';

/** Says what `refresh` would do with each group. It changes nothing but a grant on the image's key. */
export const survey = async (image: NamedImage, deps: Deps): Promise<WorkloadOutcome> => {
  const { loaded, unread } = await loadGroups(deps);
  const assessed = await assessGroups(loaded, image, deps);
  if ('reason' in assessed) return refused(assessed);
  const reports = assessed.groups.map(reportAssessment);
  const logGroup = deps.config.signalLogGroup;
  const unproven: Warning[] = (await deps.signal.hasReceivedEvents(logGroup))
    ? []
    : [{ reason: 'ecs-signal-unproven', logGroup }];
  return answered([...reports, ...unread], [...assessed.warnings, ...unproven]);
};
