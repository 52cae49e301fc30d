import type * as client from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import {
  findTable,
  invalid,
  notModelled,
  requireTable,
  tableCheck,
  tableName,
  tableOperation,
} from './access.ts';
import type { Table } from './state.ts';
import { noteAllExpiries } from './time-to-live.ts';

/** DynamoDB API reference, UpdateTimeToLive: it can take up to one hour for the change to be processed. */
const timeToLiveMinutes = { min: 1, max: 60 };

const dayMs = 24 * 3600 * 1000;
const recoveryDaysMax = 35; // DynamoDB Developer Guide, "Point-in-time recovery": 1 to 35 days
const recoveryLagMs = 5 * 60_000; // the same page: the latest moment is typically five minutes back

const describeTimeToLiveOf = ({ timeToLive }: Table): client.TimeToLiveDescription =>
  timeToLive
    ? { TimeToLiveStatus: timeToLive.status, AttributeName: timeToLive.attribute }
    : { TimeToLiveStatus: 'DISABLED' };

export const updateTimeToLive = tableOperation<
  client.UpdateTimeToLiveCommandInput,
  Partial<client.UpdateTimeToLiveCommandOutput>
>(['TableName', 'TimeToLiveSpecification'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'UpdateTimeToLive'),
  run(input, call) {
    const table = requireTable(call, input.TableName);
    if (table.status !== 'ACTIVE')
      throw new AwsError(
        'ResourceInUseException',
        `Attempt to change a resource which is still in use: Table is being changed: ${table.name}`,
      );
    const { Enabled = false, AttributeName: attribute = '' } = input.TimeToLiveSpecification ?? {};
    requireChange(table, { isEnabled: Enabled, attribute });
    table.timeToLive = { attribute, status: Enabled ? 'ENABLING' : 'DISABLING' };
    const minutes = call.between('time-to-live', timeToLiveMinutes.min, timeToLiveMinutes.max);
    call.after(minutes * 60_000, `time to live of ${table.name}`, () => {
      table.timeToLive = Enabled ? { attribute, status: 'ENABLED' } : undefined;
      table.expiries.clear();
      if (Enabled) noteAllExpiries(call, table);
    });
    return { TimeToLiveSpecification: { Enabled, AttributeName: attribute } };
  },
});

function requireChange(
  { timeToLive }: Table,
  wanted: { readonly isEnabled: boolean; readonly attribute: string },
): void {
  if (wanted.attribute === '' || wanted.attribute.length > 255)
    throw invalid('TimeToLive AttributeName must have 1 to 255 characters');
  if (timeToLive?.status === 'ENABLING' || timeToLive?.status === 'DISABLING')
    throw invalid('Time to live has been modified multiple times within a fixed interval');
  if (wanted.isEnabled && timeToLive) throw invalid('TimeToLive is already enabled');
  if (!wanted.isEnabled && !timeToLive) throw invalid('TimeToLive is already disabled');
  if (timeToLive && timeToLive.attribute !== wanted.attribute)
    throw invalid(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive.attribute}`,
    );
}

export const describeTimeToLive = tableOperation<
  client.DescribeTimeToLiveCommandInput,
  Partial<client.DescribeTimeToLiveCommandOutput>
>(['TableName'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'DescribeTimeToLive'),
  run: (input, call) => ({
    TimeToLiveDescription: describeTimeToLiveOf(requireTable(call, input.TableName)),
  }),
});

function requireBackedUp(scope: Scope, nameOrArn: string | undefined): Table {
  const name = tableName(scope, nameOrArn);
  const table = findTable(scope, name);
  if (!table) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  if (table.status === 'CREATING')
    throw new AwsError(
      'ContinuousBackupsUnavailableException',
      `Backups are being enabled for the table: ${name}. Please retry later`,
    );
  return table;
}

export const updateContinuousBackups = tableOperation<
  client.UpdateContinuousBackupsCommandInput,
  Partial<client.UpdateContinuousBackupsCommandOutput>
>(['TableName', 'PointInTimeRecoverySpecification'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'UpdateContinuousBackups'),
  run(input, call) {
    const table = requireBackedUp(call, input.TableName);
    const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays: days = recoveryDaysMax } =
      input.PointInTimeRecoverySpecification ?? {};
    if (!Number.isInteger(days) || days < 1 || days > recoveryDaysMax)
      throw invalid(`RecoveryPeriodInDays must be from 1 to ${recoveryDaysMax}, not ${days}`);
    table.recovery =
      PointInTimeRecoveryEnabled === true
        ? { enabledAt: table.recovery?.enabledAt ?? call.now, periodDays: days }
        : undefined;
    return { ContinuousBackupsDescription: describeBackups(call, table) };
  },
});

export const describeContinuousBackups = tableOperation<
  client.DescribeContinuousBackupsCommandInput,
  Partial<client.DescribeContinuousBackupsCommandOutput>
>(['TableName'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'DescribeContinuousBackups'),
  run: (input, call) => ({
    ContinuousBackupsDescription: describeBackups(call, requireBackedUp(call, input.TableName)),
  }),
});

function describeBackups(scope: Scope, { recovery }: Table): client.ContinuousBackupsDescription {
  if (!recovery)
    return {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    };
  const latest = scope.now - recoveryLagMs;
  const earliest = Math.max(recovery.enabledAt, scope.now - recovery.periodDays * dayMs);
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: recovery.periodDays,
      EarliestRestorableDateTime: new Date(earliest),
      LatestRestorableDateTime: new Date(Math.max(earliest, latest)),
    },
  };
}

export const putResourcePolicy = tableOperation<client.PutResourcePolicyCommandInput, object>(
  ['ResourceArn', 'Policy', 'ExpectedRevisionId', 'ConfirmRemoveSelfResourceAccess'],
  {
    authorize: (input, call) => tableCheck(call, input.ResourceArn, 'PutResourcePolicy'),
    run() {
      throw notModelled('a resource policy of a table');
    },
  },
);
