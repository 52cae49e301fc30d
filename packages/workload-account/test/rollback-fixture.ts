import type { JournalEntry } from '@golden/emulator';
import { CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { errorAlarmName } from '@golden/stage/error-alarm.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import type { GroupView } from '@golden/stage/group-view.ts';

export const minute = 60_000;
/** An alarm outlasts the last error by some periods, and no refresh starts before it is OK again. */
const calmAfter = 30 * minute;

/** Lets the alarm come to rest after a bad image. */
export const calm = (stage: FleetStage): Promise<void> => stage.world.scheduler.runFor(calmAfter);

/** What a way back has to restore to the letter: what a group is saved on, what it runs, and the tags of its owner. */
export const ownersView = (groups: ReadonlyMap<string, GroupView>): Record<string, GroupView> =>
  Object.fromEntries(
    [...groups].map(([name, { tags, ...rest }]) => [
      name,
      {
        ...rest,
        tags: Object.fromEntries(
          Object.entries(tags).filter(
            ([key]) => key === 'golden:line' || !key.startsWith('golden:'),
          ),
        ),
      },
    ]),
  );

/** One of the product's tags, by group. */
export const tagOf = (
  groups: ReadonlyMap<string, GroupView>,
  key: string,
): Record<string, string | undefined> =>
  Object.fromEntries([...groups].map(([name, { tags }]) => [name, tags[key]]));

/** `<version> <image>` of each launch template that a record names, the main one first. */
export const recorded = (record: string | undefined): string[] =>
  (record ?? '').split(' ').map((entry) => entry.split(':').slice(1).join(' '));

/** The physical id of a resource of the workload stack of a place. */
export const workloadResource = async (
  stage: FleetStage,
  place: Place,
  logicalId: RegExp,
): Promise<string> => {
  const instance = (await stage.stackInstances()).find(
    ({ Account, Region }) => Account === place.account.id && Region === place.region,
  );
  const { StackResources = [] } = await stage.infra
    .client(CloudFormationClient, place)
    .send(new DescribeStackResourcesCommand({ StackName: instance?.StackId }));
  const found = StackResources.find(({ LogicalResourceId = '' }) =>
    logicalId.test(LogicalResourceId),
  );
  if (!found?.PhysicalResourceId) throw new Error(`the workload stack has no ${logicalId.source}`);
  return found.PhysicalResourceId;
};

/** The states that the alarm of a place went to since an instant of virtual time, oldest first. */
export const alarmStates = async (
  stage: FleetStage,
  place: Place,
  since: number,
): Promise<string[]> => {
  const { AlarmHistoryItems = [] } = await stage.infra.client(CloudWatchClient, place).send(
    new DescribeAlarmHistoryCommand({
      AlarmName: await errorAlarmName(stage, place),
      HistoryItemType: 'StateUpdate',
      StartDate: new Date(since),
      ScanBy: 'TimestampAscending',
    }),
  );
  return AlarmHistoryItems.map(({ HistorySummary = '' }) => HistorySummary.split(' to ')[1] ?? '');
};

/** What happened at a place since an entry of the journal. */
export const entriesOf = (
  stage: FleetStage,
  place: Place,
  since: number,
): readonly JournalEntry[] =>
  stage.world.journal.entries
    .slice(since)
    .filter(({ account, region }) => account === place.account.id && region === place.region);

/** The calls by which the handler moves groups: `<operation>`, with the error of one that AWS refused. */
export const handlerMoves = (stage: FleetStage, place: Place, since: number): string[] =>
  entriesOf(stage, place, since)
    .filter(
      ({ by, name }) =>
        by?.endsWith(`/golden-${stage.infra.line}-handler`) === true &&
        name.endsWith('InstanceRefresh'),
    )
    .map(({ name, error }) => (error === undefined ? name : `${name} ${error}`));

/** How often the handler of a place told the infra account of a late rollback, and EventBridge took it. */
export const timesTold = (stage: FleetStage, place: Place, since: number): number =>
  stage.world.journal.entries
    .slice(since)
    .filter(
      ({ account, by, name, error }) =>
        account === place.account.id &&
        by?.endsWith(`/golden-${stage.infra.line}-handler`) === true &&
        name === 'PutEvents' &&
        error === undefined,
    ).length;

/** An event as services publish it. */
interface PublishedEvent {
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const isPublished = (value: unknown): value is PublishedEvent =>
  typeof value === 'object' && value !== null && 'detail-type' in value;

/** Events that AWS's services published at a place since an entry of the journal. */
export const publishedEvents = (
  stage: FleetStage,
  place: Place,
  since: number,
): { readonly at: number; readonly event: PublishedEvent }[] =>
  entriesOf(stage, place, since)
    .filter(({ name }) => name === 'event-published')
    .flatMap(({ at, detail: { event } }) =>
      isPublished(event) ? [{ at: Date.parse(at), event }] : [],
    );

/** An event that EventBridge handed to a target. */
export interface Delivery {
  readonly at: number;
  readonly eventId: string;
}

/** Deliveries to targets whose ARN has a text in it. */
export const deliveries = (
  stage: FleetStage,
  place: Place,
  { since, target }: { since: number; target: string },
): Delivery[] =>
  entriesOf(stage, place, since)
    .filter(
      ({ name, detail }) => name === 'event-delivered' && String(detail['target']).includes(target),
    )
    .map(({ at, detail }) => ({ at: Date.parse(at), eventId: String(detail['eventId']) }));

/** Events that the handler was told of. */
export const handlerDeliveries = (stage: FleetStage, place: Place, since: number): Delivery[] =>
  deliveries(stage, place, { since, target: `:function:golden-${stage.infra.line}-handler` });

/** Somebody releases a version of a launch template that no group was told of. */
export const addVersion = async (
  stage: FleetStage,
  place: Place,
  LaunchTemplateId: string,
): Promise<void> => {
  await stage.infra.client(EC2Client, place).send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId,
      SourceVersion: '$Latest',
      VersionDescription: 'by hand',
      LaunchTemplateData: { InstanceType: 't3.large' },
    }),
  );
};
