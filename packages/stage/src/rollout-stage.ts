import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeExecutionCommand,
  SFNClient,
  paginateListExecutions,
  type ExecutionListItem,
} from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { makeStableParameter, type StableParameter } from '@golden/shared/aws/stable-parameter.ts';
import { makeTable } from '@golden/shared/aws/table.ts';
import { imageLine } from '@golden/shared/model/ids.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { isRolloutEnd, type RolloutRecord, type WaveRecord } from '@golden/shared/model/rollout.ts';
import { buildIdentity, type RolloutId } from '@golden/shared/model/rollout-id.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { makeRolloutStore, type RolloutStore } from '@golden/shared/store/rollout-store.ts';
import { examplePayload, FleetStage, type Place } from './fleet-stage.ts';
import { hour, type StageOptions } from './infra-stage.ts';
import { readRefreshes, type RefreshView } from './refresh-history.ts';

const minute = 60_000;
const rolloutLimit = 60 * hour;

/** A rollout as it stands. */
export interface RolloutView {
  readonly record: RolloutRecord;
  readonly waves: readonly WaveRecord[];
  /** By account and Region. */
  readonly targets: readonly TargetRecord[];
}

/** `<outcome> <reason>` of a target; `none` while it has no outcome. */
export const outcomeText = ({ ended }: Pick<TargetRecord, 'ended'>): string =>
  `${ended?.outcome ?? 'none'} ${ended?.reason ?? ''}`.trim();

/** The same of every target, by account: for organizations of one Region. */
export const outcomesByAccount = ({ targets }: RolloutView): Record<string, string> =>
  Object.fromEntries(targets.map((target) => [target.accountName, outcomeText(target)]));

/** An organization in which an uploaded payload goes all the way: the fleet stage with rollouts switched on. */
export class RolloutStage {
  readonly fleet: FleetStage;

  private constructor(fleet: FleetStage) {
    this.fleet = fleet;
  }

  static async open(
    options: StageOptions & { readonly targets?: readonly string[] } = {},
  ): Promise<RolloutStage> {
    return new RolloutStage(await FleetStage.open(options));
  }

  /** Deploys the infra stack with its rollout half; short bakes, unless the changes say otherwise. */
  async deploy(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.fleet.deploy({
      Rollout: 'ENABLED',
      Waves: '1,50%,100%',
      WaveBakeMinutes: '10',
      ...changes,
    });
  }

  get store(): RolloutStore {
    const { infra } = this.fleet;
    const table = makeTable(infra.client(DynamoDBClient), infra.outputs['StateTableName'] ?? '');
    return makeRolloutStore(table, imageLine(infra.line));
  }

  get stableParameter(): StableParameter {
    const { infra } = this.fleet;
    return makeStableParameter(infra.client(SSMClient), infra.outputs['StableParameterName'] ?? '');
  }

  /** What the parameter `stable` says; undefined where there is none. */
  async stable(): Promise<string | undefined> {
    const text = await this.stableParameter.read();
    return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version;
  }

  /** Uploads a payload; returns as soon as its image is there, which is when its rollout begins. */
  async publish(name: string, body = examplePayload(name)): Promise<VersionRecord> {
    const { infra, world } = this.fleet;
    const [before] = await infra.store.newestVersions(1);
    await infra.upload(`payloads/${name}`, body);
    let published: VersionRecord | undefined;
    await this.until(async () => {
      const [newest] = await infra.store.newestVersions(1);
      if (newest === undefined || newest.n === before?.n) return false;
      published = newest;
      return newest.state !== 'claimed' && newest.state !== 'building';
    }, 6 * hour);
    if (published?.amis === undefined)
      throw new Error(
        `${name} became ${published?.state ?? 'no version'} at ${world.scheduler.now}`,
      );
    return published;
  }

  /** Uploads a payload and waits until its rollout has come to its end. */
  async ship(name: string, body = examplePayload(name)): Promise<RolloutView> {
    const version = await this.publish(name, body);
    return this.ended(version);
  }

  rolloutIdOf({ imageArn }: VersionRecord): RolloutId {
    return buildIdentity(imageLine(this.fleet.infra.line), imageArn ?? '').rolloutId;
  }

  /** The rollout of a version; undefined before it has begun. */
  async rollout(version: VersionRecord): Promise<RolloutView | undefined> {
    const rolloutId = this.rolloutIdOf(version);
    const record = await this.store.rollout(rolloutId);
    if (record === undefined) return undefined;
    const targets = await this.store.targets(rolloutId);
    return {
      record: record.value,
      waves: await this.store.waves(rolloutId),
      targets: targets.map(({ value }) => value),
    };
  }

  /** Waits until a version's rollout has ended and its execution with it. */
  async ended(version: VersionRecord): Promise<RolloutView> {
    await this.until(async () => {
      const record = await this.store.rollout(this.rolloutIdOf(version));
      if (record === undefined || !isRolloutEnd(record.value.state)) return false;
      return !(await this.isRunning(record.value.executionArn));
    }, rolloutLimit);
    // What it told people last is still on its way to them.
    await this.fleet.world.scheduler.runFor(minute);
    const view = await this.rollout(version);
    if (!view) throw new Error(`version ${version.version} has no rollout`);
    return view;
  }

  /** All refreshes of all groups of a target, by their start. */
  refreshes(place: Place): Promise<readonly RefreshView[]> {
    const { infra } = this.fleet;
    return readRefreshes({
      scaling: infra.client(AutoScalingClient, place),
      ec2: infra.client(EC2Client, place),
    });
  }

  async isRunning(executionArn: string): Promise<boolean> {
    const { status } = await this.fleet.infra
      .client(SFNClient)
      .send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  }

  /** All executions of the rollout machine, newest first. */
  async executions(): Promise<ExecutionListItem[]> {
    const { infra } = this.fleet;
    const found: ExecutionListItem[] = [];
    const pages = paginateListExecutions(
      { client: infra.client(SFNClient) },
      { stateMachineArn: infra.outputs['RolloutMachineArn'] },
    );
    for await (const { executions = [] } of pages) found.push(...executions);
    return found;
  }

  /**
   * Lets time pass until something holds.
   *
   * @throws Error when it does not within the limit
   */
  async until(holds: () => Promise<boolean>, limitMs: number, everyMs = minute / 2): Promise<void> {
    const { scheduler } = this.fleet.world;
    const limit = scheduler.now + limitMs;
    while (!(await holds())) {
      if (scheduler.now >= limit)
        throw new Error(`what was waited for did not come within ${limitMs / hour} hours`);
      await scheduler.runFor(everyMs);
    }
  }
}
