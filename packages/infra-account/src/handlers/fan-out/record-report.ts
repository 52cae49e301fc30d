import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ImageReport } from '@golden/shared/payload/image-report.ts';
import { afterMove } from '@golden/shared/plan/version-changes.ts';
import { untilWritten } from '@golden/shared/store/until-written.ts';
import { decideReport, moveOfReport, refuseStranger } from './decide.ts';
import type { IgnoreReason, OurBuilds, RecordDecision } from './decide.ts';
import type { Deps } from './deps.ts';

/**
 * Writes the end of a build into the record of its version.
 *
 * @param owner what this delivery is called, the same on each retry of it
 * @returns the version as it now stands; undefined when the report is not about a build of ours
 * @throws GoldenError `build-not-recorded-yet` or `races-lost`, both retryable
 */
export const recordReport = async (
  report: ImageReport,
  owner: string,
  deps: Deps,
): Promise<VersionRecord | undefined> => {
  const ours: OurBuilds = {
    pipelineArn: deps.config.PIPELINE_ARN,
    recipeName: deps.config.IMAGE_RECIPE_NAME,
    regions: deps.config.DISTRIBUTION_REGIONS,
  };
  const stranger = refuseStranger(report, ours);
  if (stranger !== undefined) {
    logIgnored(report, stranger, deps);
    return undefined;
  }

  return untilWritten(report.imageArn, async () => {
    const version = await deps.versions.version(report.image.n);
    if (version === undefined) {
      logIgnored(report, 'unknown-version', deps);
      return undefined;
    }
    const decision = decideReport(report, version, ours);
    switch (decision.kind) {
      case 'ignore':
        logIgnored(report, decision.why, deps);
        return undefined;
      case 'repeat':
        deps.log.info('image-message-repeated', { imageArn: report.imageArn });
        return version;
      case 'too-early':
        throw notRecordedYet(report);
      case 'record': {
        const logTail = report.status === 'FAILED' ? await readLogTail(report, deps) : [];
        return record({ version, decision, logTail, owner }, deps);
      }
      default:
        return decision satisfies never;
    }
  });
};

const record = async (
  change: {
    version: VersionRecord;
    decision: RecordDecision;
    logTail: readonly string[];
    owner: string;
  },
  deps: Deps,
): Promise<VersionRecord | 'stale'> => {
  const { version, decision } = change;
  const move = moveOfReport({ ...change, now: deps.clock.now() });
  if ((await deps.versions.moveVersion(move)) === 'stale') {
    deps.log.info('lost-race', { version: version.version, to: move.to });
    return 'stale';
  }
  const { version: name, imageArn } = version;
  deps.log.info('image-recorded', { version: name, state: move.to, imageArn });
  if (decision.missingRegions.length > 0) {
    deps.log.error('image-region-missing', { version: name, regions: decision.missingRegions });
  }
  return afterMove(version, move);
};

/**
 * Image Builder's reason says that a component failed, not what in it; its log does. The log is a help for people: that
 * it cannot be read must not keep the outcome from being recorded.
 */
const readLogTail = async (report: ImageReport, deps: Deps): Promise<readonly string[]> => {
  try {
    return await deps.buildLogs.tail(report.image);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    deps.log.warn('build-log-unreadable', { imageArn: report.imageArn, message });
    return [];
  }
};

const logIgnored = (report: ImageReport, why: IgnoreReason, deps: Deps): void => {
  deps.log.warn('image-message-ignored', { why, imageArn: report.imageArn, status: report.status });
};

/**
 * `start-build` writes the ARN a moment after Image Builder returned it, or, when it died in between, on its
 * next delivery. Lambda tries this message again after one and after two minutes; later it lies in the
 * on-failure queue, where an alarm sees it. Forgetting it would leave a version that builds for ever.
 */
const notRecordedYet = (report: ImageReport): GoldenError =>
  new GoldenError({
    code: 'build-not-recorded-yet',
    message: `${report.imageArn} ended before its start was recorded; it is read again later`,
    retryable: true,
    details: { imageArn: report.imageArn },
  });
