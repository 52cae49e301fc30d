import { openEndpoint, type Endpoint, type StandaloneAccount } from '@golden/emulator';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import type { Connect } from './look-around.ts';

const workloads = ['workload-1', 'workload-2'] as const;

/** An organization in which a rollout has taken place, behind a socket; lists have two items a page. */
export class RolledOut {
  readonly stage: RolloutStage;
  readonly endpoint: Endpoint;

  private constructor(stage: RolloutStage, endpoint: Endpoint) {
    this.stage = stage;
    this.endpoint = endpoint;
  }

  static async open(): Promise<RolledOut> {
    const stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: workloads.map((name) => ({ name })) }],
      settings: { pageSizeMax: 2 },
    });
    const { fleet } = stage;
    await stage.deploy({ CanaryAccounts: fleet.place('workload-1').account.id });
    await fleet.deployCustomer(fleet.place('workload-1'), {
      shapes: ['NumberedGroup', 'SingleGroup', 'LatestGroup'],
    });
    await fleet.deployCustomer(fleet.place('workload-2'), { shapes: ['SingleGroup'] });
    const { record } = await stage.ship('harden.sh');
    if (record.state !== 'completed') throw new Error(`the rollout is ${record.state}`);
    return new RolledOut(stage, await openEndpoint(fleet.world));
  }

  get accounts(): Readonly<Record<string, StandaloneAccount>> {
    const { infra } = this.stage.fleet;
    return Object.fromEntries(
      ['management', 'infra', ...workloads].map((name) => [
        name,
        name === 'management' ? infra.management : infra.account(name),
      ]),
    );
  }

  get region(): string {
    return this.stage.fleet.infra.home;
  }

  /**
   * Virtual time passes two hundred times as fast as real time while something runs, so that whoever waits with pauses of
   * real seconds sees things come about.
   */
  async inFastTime<T>(run: () => Promise<T>): Promise<T> {
    const { scheduler } = this.stage.fleet.world;
    const defects: unknown[] = [];
    scheduler.startRealTime((error) => defects.push(error));
    const jumps = setInterval(() => {
      scheduler.advance(10_000).catch((error: unknown) => defects.push(error));
    }, 50);
    const result = await run().finally(() => {
      clearInterval(jumps);
      scheduler.stopRealTime();
    });
    if (defects.length > 0) throw new AggregateError(defects, 'due events failed');
    return result;
  }

  /** Clients of an account's administrator that speak over the socket, as anybody makes them. */
  connect({ adminCredentials }: StandaloneAccount): Connect {
    const { accessKeyId, secretAccessKey } = adminCredentials;
    return (Client) =>
      new Client({
        region: this.region,
        endpoint: this.endpoint.url,
        credentials: { accessKeyId, secretAccessKey },
      });
  }
}
