import type * as client from '@aws-sdk/client-sfn';
import { AwsError } from '../../world/aws-error.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { countChildren } from './map-run/count-children.ts';
import { executionCheck, requireExecution } from './execution-lookup.ts';
import { pageMax, pageSizeOf } from './machine-lookup.ts';
import { keptMapRuns } from './map-run/map-run-state.ts';
import { requireMapRun } from './map-run/require-map-run.ts';

const describeMapRun = operation<
  client.DescribeMapRunCommandInput,
  Partial<client.DescribeMapRunCommandOutput>
>({
  authorize: (input) => ({ action: 'states:DescribeMapRun', resource: input.mapRunArn ?? '' }),
  run(input, call) {
    const run = requireMapRun(call, input.mapRunArn ?? '');
    return {
      mapRunArn: run.arn,
      executionArn: run.executionArn,
      status: run.status,
      startDate: new Date(run.startedAt),
      stopDate: run.stoppedAt === undefined ? undefined : new Date(run.stoppedAt),
      maxConcurrency: run.settings.maxConcurrency,
      toleratedFailureCount: run.settings.toleratedFailureCount ?? 0,
      toleratedFailurePercentage: run.settings.toleratedFailurePercentage ?? 0,
      itemCounts: countChildren(run, ({ itemsCount }) => itemsCount),
      executionCounts: countChildren(run, () => 1),
      redriveCount: 0,
    };
  },
});

const listMapRuns = operation<
  client.ListMapRunsCommandInput,
  Partial<client.ListMapRunsCommandOutput>
>({
  authorize: executionCheck('ListMapRuns'),
  run(input, call) {
    const execution = requireExecution(call, input.executionArn);
    const runs = [...keptMapRuns(call).values()].filter(
      (run) => run.executionArn === execution.arn,
    );
    const page = paginate(call, runs, {
      keyOf: ({ startedAt, arn }) => `${numericKey(startedAt)} ${arn}`,
      token: input.nextToken,
      size: pageSizeOf(input.maxResults),
      sizeMax: pageMax,
      invalidToken: 'InvalidToken',
    });
    return {
      mapRuns: page.items.map((run) => ({
        executionArn: run.executionArn,
        mapRunArn: run.arn,
        stateMachineArn: `${run.machineArn}/${run.label}`,
        startDate: new Date(run.startedAt),
        stopDate: run.stoppedAt === undefined ? undefined : new Date(run.stoppedAt),
      })),
      nextToken: page.nextToken,
    };
  },
});

const updateMapRun = operation<
  client.UpdateMapRunCommandInput,
  Partial<client.UpdateMapRunCommandOutput>
>({
  authorize: (input) => ({ action: 'states:UpdateMapRun', resource: input.mapRunArn ?? '' }),
  run(input, call) {
    const run = requireMapRun(call, input.mapRunArn ?? '');
    const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
    const given = [maxConcurrency, toleratedFailureCount, toleratedFailurePercentage];
    if (given.every((value) => value === undefined))
      throw validationException(
        'MISSING_REQUIRED_PARAMETER',
        'Either the maxConcurrency, the toleratedFailureCount or the toleratedFailurePercentage must be specified',
      );
    if (given.some((value) => value !== undefined && value < 0))
      throw validationException(undefined, 'The settings of a Map Run are not negative');
    if ((toleratedFailurePercentage ?? 0) > 100)
      throw validationException(undefined, 'The toleratedFailurePercentage is at most 100');
    if (run.status !== 'RUNNING')
      throw validationException(
        'CANNOT_UPDATE_COMPLETED_MAP_RUN',
        `The Map Run '${run.arn}' is ${run.status}`,
      );
    if (maxConcurrency !== undefined) run.settings.maxConcurrency = maxConcurrency;
    if (toleratedFailureCount !== undefined)
      run.settings.toleratedFailureCount = toleratedFailureCount;
    if (toleratedFailurePercentage !== undefined)
      run.settings.toleratedFailurePercentage = toleratedFailurePercentage;
    run.settingsChanged();
    return {};
  },
});

const validationException = (
  reason: client.ValidationExceptionReason | undefined,
  message: string,
): AwsError =>
  new AwsError('ValidationException', message, reason === undefined ? {} : { details: { reason } });

export const mapRunOperations = {
  DescribeMapRun: describeMapRun,
  ListMapRuns: listMapRuns,
  UpdateMapRun: updateMapRun,
};
