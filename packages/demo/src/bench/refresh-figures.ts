import type { JournalEntry } from '@golden/emulator';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { shapeOf } from '@golden/stage/group-view.ts';
import { rounded } from './measure.ts';

const minute = 60_000;
/** An alarm outlasts the last error by some periods, and no refresh starts before it is OK again. */
const calmAfter = 30 * minute;

const minutesBetween = (from: string | undefined, to: string | undefined): number =>
  rounded((Date.parse(to ?? '') - Date.parse(from ?? '')) / minute);

/** What happened to the groups of a place while they were moved. */
async function moved(
  stage: FleetStage,
  place: Place,
  version: VersionRecord,
): Promise<readonly JournalEntry[]> {
  const { entries } = stage.world.journal;
  const from = entries.length;
  await stage.roll(place, version, `bench-${version.version.replaceAll('.', '-')}`);
  return entries
    .slice(from)
    .filter(({ account, service }) => account === place.account.id && service === 'autoscaling');
}

const became = (entries: readonly JournalEntry[], status: string): readonly JournalEntry[] =>
  entries.filter(
    ({ name, detail }) => name === 'instance-refresh-status' && detail['to'] === status,
  );

/** Ids of instances of an image, terminated ones too: EC2 shows them for an hour. */
async function instancesOf(stage: FleetStage, place: Place, ami: string): Promise<Set<string>> {
  const client = stage.infra.client(EC2Client, place);
  const Filters = [{ Name: 'image-id', Values: [ami] }];
  const ids = new Set<string>();
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters }))
    for (const { Instances = [] } of Reservations)
      for (const { InstanceId = '' } of Instances) ids.add(InstanceId);
  return ids;
}

/** Minutes from the start of each group's refresh to its success, half an hour of watching included. */
const goodFigures = (entries: readonly JournalEntry[]) => ({
  minutesToSuccessful: Object.fromEntries(
    became(entries, 'Successful').map((done) => {
      const begun = entries.find(
        ({ name, detail }) =>
          name === 'instance-refresh-status' && detail['refresh'] === done.detail['refresh'],
      );
      return [shapeOf(String(done.detail['group'])), minutesBetween(begun?.at, done.at)];
    }),
  ),
});

/** How long groups ran instances of a bad image, and how many. */
async function badFigures(stage: FleetStage, place: Place, payload: string) {
  const version = await stage.build(payload);
  const groups = [...(await stage.groups(place)).values()];
  const entries = await moved(stage, place, version);
  const bad = await instancesOf(stage, place, version.amis?.[place.region] ?? '');
  const inService = entries.filter(
    ({ name, detail }) =>
      name === 'member' && detail['state'] === 'InService' && bad.has(String(detail['instanceId'])),
  );
  const first = inService[0]?.at;
  await stage.world.scheduler.runFor(calmAfter);
  return {
    minutesToFirstRollbackStarted: minutesBetween(
      first,
      became(entries, 'RollbackInProgress')[0]?.at,
    ),
    minutesToLastRollbackSuccessful: minutesBetween(
      first,
      became(entries, 'RollbackSuccessful').at(-1)?.at,
    ),
    instancesInServiceOnIt: new Set(inService.map(({ detail }) => detail['instanceId'])).size,
    instancesOfAllGroups: groups.reduce((sum, { running }) => sum + running.length, 0),
  };
}

/**
 * Virtual time that the five groups of the example need, all at once: to a good image, and back from bad ones. The clock of a
 * bad image starts when its first instance is in service.
 */
export async function refreshFigures() {
  const stage = await FleetStage.open({ otherRegions: [] });
  await stage.deploy();
  const place = stage.place('workload-1');
  await stage.deployCustomer(place);
  const good = await moved(stage, place, await stage.build('harden.sh'));
  return {
    'harden.sh': goodFigures(good),
    'drops-awslogs-driver.sh': await badFigures(stage, place, 'drops-awslogs-driver.sh'),
    'wrong-cluster.sh': await badFigures(stage, place, 'wrong-cluster.sh'),
  };
}
