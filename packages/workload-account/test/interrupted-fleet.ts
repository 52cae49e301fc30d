import { expect } from '@jest/globals';
import {
  AutoScalingClient,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
} from '@aws-sdk/client-auto-scaling';
import {
  EC2Client,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import { faults, type Fate, type FunctionCall, type WorldSettings } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import type { GroupShape } from '@golden/stage/customer-template.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { shapeOf, type GroupView } from '@golden/stage/group-view.ts';

const pollEvery = 30_000;
const asksMax = 5;
const pollsMax = 400;
/** How the stage says that reach-account itself has failed. */
const reachFailed = 'reach-account failed';

/** What goes wrong at one call of one invocation. */
export interface Fault {
  /** From 1. */
  readonly callNumber: number;
  readonly operation: string;
  readonly fate: Fate;
}

/** A fault at one place, and what came of it. */
interface Plan {
  readonly fault: Fault | undefined;
  readonly calls: string[];
  invocation: number | undefined;
  hasStruck: boolean;
}

/** What must be the same whatever went wrong on the way: everything but ids and times. */
export interface Outcome {
  /** `<group> <state> <reason>` */
  readonly reports: readonly string[];
  readonly groups: Readonly<Record<string, GroupView>>;
  /** `<version> <image> <description>` of each version, by template. */
  readonly versions: readonly (readonly string[])[];
  /** The states of each group's refreshes, newest first. */
  readonly refreshes: Readonly<Record<string, readonly string[]>>;
}

export interface Interrupted {
  readonly fault: Fault;
  readonly hasStruck: boolean;
  /** What the caller was told instead of an answer. */
  readonly told: readonly string[];
  readonly outcome: Outcome;
}

/**
 * Accounts that are all alike. The function of one of them has a quiet run; that of each other one meets a fault at another
 * of its calls, and its caller asks again: the rollout and the scheduler of the organization would.
 */
export class InterruptedFleet {
  readonly stage: FleetStage;
  readonly places: readonly Place[];
  readonly #plans = new Map<string, Plan>();
  readonly #told = new Map<string, readonly string[]>();

  private constructor(stage: FleetStage, places: readonly Place[]) {
    this.stage = stage;
    this.places = places;
    faults(stage.world).onCall((call) => this.#fateOf(call));
  }

  static async open(options: {
    readonly accounts: number;
    readonly shapes?: readonly GroupShape[];
    /** Instead of the example with some of its shapes. */
    readonly template?: string;
    readonly settings?: Partial<WorldSettings>;
  }): Promise<InterruptedFleet> {
    const accounts = Array.from({ length: options.accounts }, (_, index) => ({
      name: `workload-${index + 1}`,
    }));
    const stage = await FleetStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts }],
      settings: { duplicateShare: 0, ...options.settings },
    });
    await stage.deploy({ BakeSeconds: '600' });
    const places = accounts.map(({ name }) => stage.place(name));
    await Promise.all(places.map((place) => stage.deployCustomer(place, options)));
    return new InterruptedFleet(stage, places);
  }

  #fateOf({ functionName, account, invocation, callNumber, operation }: FunctionCall): Fate {
    const plan = this.#plans.get(account);
    if (!plan || functionName !== `golden-${this.stage.infra.line}-handler`) return 'proceed';
    plan.invocation ??= invocation;
    if (invocation !== plan.invocation) return 'proceed';
    plan.calls.push(operation);
    if (plan.hasStruck || callNumber !== plan.fault?.callNumber) return 'proceed';
    plan.hasStruck = true;
    return plan.fault.fate;
  }

  /**
   * The next invocation of the handler everywhere: quiet at the first place, with a fault of its own at each other one.
   *
   * @param faultsOf makes the faults from the calls of the quiet invocation
   * @param steps.prepare what comes before the invocation
   * @param steps.act what brings it about, and all that follows
   */
  async interrupt(
    faultsOf: (calls: readonly string[]) => readonly Fault[],
    steps: {
      readonly prepare?: (places: readonly Place[]) => Promise<void>;
      readonly act: (
        places: readonly Place[],
      ) => Promise<ReadonlyMap<Place, readonly ExplainedReport[]>>;
    },
  ): Promise<{ calls: readonly string[]; quiet: Outcome; interrupted: readonly Interrupted[] }> {
    const [first, ...others] = this.places;
    if (!first) throw new TypeError('a fleet has a place');
    const { prepare, act } = steps;
    await prepare?.([first]);
    const noted = this.#plan(first, undefined);
    const quiet = await this.outcome(first, await act([first]));
    const planned = faultsOf(noted.calls);
    const used = others.slice(0, planned.length);
    if (used.length < planned.length)
      throw new Error(`${planned.length} faults need ${planned.length + 1} accounts`);
    await prepare?.(used);
    const plans = used.map((place, index) => this.#plan(place, planned[index]));
    this.#told.clear();
    const reports = await act(used);
    this.#plans.clear();
    const interrupted: Interrupted[] = [];
    for (const [index, place] of used.entries()) {
      const fault = planned[index];
      if (!fault) continue;
      interrupted.push({
        fault,
        hasStruck: plans[index]?.hasStruck === true,
        told: this.told(place),
        outcome: await this.outcome(place, reports),
      });
    }
    return { calls: noted.calls, quiet, interrupted };
  }

  #plan({ account }: Place, fault: Fault | undefined): Plan {
    const plan: Plan = { fault, calls: [], invocation: undefined, hasStruck: false };
    this.#plans.set(account.id, plan);
    return plan;
  }

  /** Asks all places at once, and those again that gave no answer. */
  async ask(
    places: readonly Place[],
    version: VersionRecord,
    action: { readonly action: string; readonly rolloutId: string; readonly reason?: string },
  ): Promise<Map<Place, readonly ExplainedReport[]>> {
    const answers = new Map<Place, readonly ExplainedReport[]>();
    for (let asks = 0; answers.size < places.length && asks < asksMax; asks += 1) {
      if (asks > 0) await this.stage.world.scheduler.runFor(pollEvery);
      await Promise.all(
        places
          .filter((place) => !answers.has(place))
          .map(async (place) => {
            const groups = await this.#askOnce(place, this.stage.request(place, version, action));
            if (groups) answers.set(place, groups);
          }),
      );
    }
    if (answers.size < places.length) throw new Error('a place does not answer');
    return answers;
  }

  async #askOnce(place: Place, request: object): Promise<readonly ExplainedReport[] | undefined> {
    const answer = await this.stage.ask(place, request).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith(reachFailed)) return undefined;
      throw error;
    });
    if (answer?.outcome === 'answered' && answer.response.outcome === 'answered')
      return answer.response.groups;
    const why = answer?.outcome === 'unreachable' ? answer.reason : reachFailed;
    if (answer?.outcome === 'answered') throw new Error(JSON.stringify(answer.response));
    this.#told.set(place.account.id, [...this.told(place), why]);
    return undefined;
  }

  /** What the caller was told instead of answers. */
  told({ account }: Place): readonly string[] {
    return this.#told.get(account.id) ?? [];
  }

  /** Asks where the groups stand until none is on its way any more. */
  async settle(
    places: readonly Place[],
    version: VersionRecord,
    rolloutId: string,
  ): Promise<ReadonlyMap<Place, readonly ExplainedReport[]>> {
    for (let polls = 0; polls < pollsMax; polls += 1) {
      const reports = await this.ask(places, version, { action: 'status', rolloutId });
      if (![...reports.values()].flat().some(isOnItsWay)) return reports;
      await this.stage.world.scheduler.runFor(pollEvery);
    }
    throw new Error(`${rolloutId} does not come to an end`);
  }

  /** Moves the groups of places to an image; where the answer is that none moves, nobody asks any more. */
  async roll(
    places: readonly Place[],
    version: VersionRecord,
    rolloutId: string,
  ): Promise<ReadonlyMap<Place, readonly ExplainedReport[]>> {
    const first = await this.ask(places, version, { action: 'refresh', rolloutId });
    const moving = places.filter((place) => first.get(place)?.some(isOnItsWay));
    return new Map([...first, ...(await this.settle(moving, version, rolloutId))]);
  }

  /** Where a place stands, and how it came there. */
  async outcome(
    place: Place,
    reports: ReadonlyMap<Place, readonly ExplainedReport[]>,
  ): Promise<Outcome> {
    return {
      reports: (reports.get(place) ?? []).map(({ group, state, reason }) =>
        `${shapeOf(group)} ${state} ${reason ?? ''}`.trim(),
      ),
      groups: Object.fromEntries(
        [...(await this.stage.groups(place))].map(([shape, view]) => [shape, withoutIds(view)]),
      ),
      versions: await this.#versions(place),
      refreshes: await this.#refreshes(place),
    };
  }

  async #versions(place: Place): Promise<string[][]> {
    const client = this.stage.infra.client(EC2Client, place);
    const found: string[][] = [];
    for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client }, {}))
      for (const { LaunchTemplateId } of LaunchTemplates) {
        const versions: string[] = [];
        const pages = paginateDescribeLaunchTemplateVersions({ client }, { LaunchTemplateId });
        for await (const { LaunchTemplateVersions = [] } of pages)
          for (const {
            VersionNumber,
            VersionDescription,
            LaunchTemplateData,
          } of LaunchTemplateVersions)
            versions.push(
              `${VersionNumber ?? '?'} ${LaunchTemplateData?.ImageId ?? '?'} ${VersionDescription ?? ''}`,
            );
        found.push(versions.sort());
      }
    return found.sort((a, b) => (String(a) < String(b) ? -1 : 1));
  }

  async #refreshes(place: Place): Promise<Record<string, string[]>> {
    const client = this.stage.infra.client(AutoScalingClient, place);
    const found: Record<string, string[]> = {};
    for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups(
      { client },
      {},
    ))
      for (const { AutoScalingGroupName } of AutoScalingGroups) {
        const statuses: string[] = [];
        const pages = paginateDescribeInstanceRefreshes({ client }, { AutoScalingGroupName });
        for await (const { InstanceRefreshes = [] } of pages)
          statuses.push(...InstanceRefreshes.map(({ Status }) => Status ?? '?'));
        found[shapeOf(AutoScalingGroupName ?? '')] = statuses;
      }
    return found;
  }
}

const isOnItsWay = ({ state }: ExplainedReport): boolean =>
  state === 'moving' || state === 'rolling-back';

/** A group without what differs between accounts: ids of its templates, and tags of CloudFormation. */
const withoutIds = ({ tags, ...view }: GroupView): GroupView => ({
  ...view,
  tags: Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => key.startsWith('golden:'))
      .map(([key, value]) => [
        key,
        value.replaceAll(/lt-[0-9a-f]+/g, 'lt').replace(/^ecs-workload-(\w+)-\w+$/, '$1'),
      ]),
  ),
});

/** Each fault struck, the caller was told what it has to be told, and the end is that of the quiet run. */
export const expectQuietEnd = (
  interrupted: readonly Interrupted[],
  quiet: Outcome,
  { told }: { readonly told: readonly string[] } = { told: ['function-failed'] },
): void => {
  expect(interrupted.length).toBeGreaterThan(0);
  expect(interrupted).toEqual(
    interrupted.map(({ fault }) => ({ fault, hasStruck: true, told, outcome: quiet })),
  );
};

const isRead = (operation: string): boolean => /^(Describe|List|Get)/.test(operation);

/** The calls that change something. */
export const withoutReads = (calls: readonly string[]): string[] =>
  calls.filter((operation) => !isRead(operation));

/** The function dies before and after each of its calls. */
export const eachDeath = (calls: readonly string[]): Fault[] =>
  calls.flatMap((operation, index) =>
    (['kill-before', 'kill-after'] as const).map((fate) => ({
      callNumber: index + 1,
      operation,
      fate,
    })),
  );

/** One fate for each call. */
export const eachCall = (calls: readonly string[], fate: Fate): Fault[] =>
  calls.map((operation, index) => ({ callNumber: index + 1, operation, fate }));

/**
 * Every state of AWS that a death can leave behind: the one after each call that changes something. A function leaves nothing
 * behind but by calls, so that it is the same when it dies later on, up to the next one.
 */
export const eachLeftState = (calls: readonly string[]): Fault[] =>
  eachCall(calls, 'kill-after').filter(({ operation }) => !isRead(operation));
