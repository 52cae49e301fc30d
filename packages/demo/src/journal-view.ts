import type { JournalEntry } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';

/** What has happened since an instant. */
export class JournalView {
  readonly #fleet: FleetStage;
  readonly #from: number;

  constructor(fleet: FleetStage) {
    this.#fleet = fleet;
    this.#from = fleet.world.journal.entries.length;
  }

  get entries(): readonly JournalEntry[] {
    return this.#fleet.world.journal.entries.slice(this.#from);
  }

  /**
   * Everything that was done to groups, instances and launch templates anywhere but at one place, by anybody: the product, its
   * customers, or AWS on behalf of either.
   */
  changesBeside(place?: Place): readonly string[] {
    return this.entries
      .filter(
        ({ kind, writes, error }) => kind === 'call' && writes === true && error === undefined,
      )
      .filter(({ service }) => ['autoscaling', 'ec2', 'kms'].includes(service))
      .filter(({ account }) => account !== this.#fleet.infra.infra.id)
      .filter(({ account, region }) => account !== place?.account.id || region !== place.region)
      .map(({ account, region, name, by }) => `${account} ${region} ${name} by ${by ?? '?'}`);
  }

  /** When each instance was launched from an image, ISO 8601. */
  launchesFrom({ amis = {} }: VersionRecord): readonly string[] {
    const images = Object.values(amis).map((ami) => `image/${ami}`);
    return this.entries
      .filter(({ name, error }) => name === 'RunInstances' && error === undefined)
      .filter(({ account }) => account !== this.#fleet.infra.infra.id)
      .filter(({ detail }) => images.some((image) => String(detail['resource']).endsWith(image)))
      .map(({ at }) => at);
  }

  /** When AWS said something of a refresh, e.g. `Rollback Succeeded`, ISO 8601. */
  refreshEvents(name: string): readonly string[] {
    const detailType = `"detail-type":"EC2 Auto Scaling Instance Refresh ${name}"`;
    return this.entries
      .filter((entry) => entry.service === 'autoscaling' && entry.name === 'event-published')
      .filter(({ detail }) => JSON.stringify(detail).includes(detailType))
      .map(({ at }) => at);
  }

  /** Calls of a name that AWS carried out. */
  calls(name: string): readonly JournalEntry[] {
    return this.entries.filter(
      (entry) => entry.kind === 'call' && entry.name === name && entry.error === undefined,
    );
  }
}

/** `7.5` */
export const minutesBetween = (from: string | undefined, to: string | undefined): string =>
  from === undefined || to === undefined
    ? '?'
    : ((Date.parse(to) - Date.parse(from)) / 60_000).toFixed(1);
