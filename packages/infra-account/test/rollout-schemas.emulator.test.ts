import { readFileSync } from 'node:fs';
import { LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeZip } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomeText, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'workload-2'];
/** The handler of the release before schema 2, as its template held it: it knows schema 1 only. */
const oldCode = readFileSync(
  new URL('./workload-handler-schema-1.cjs.txt', import.meta.url),
  'utf8',
);

/** The handler of this release, as `pnpm synth` writes it. */
const readNewCode = (): string => {
  const template = JSON.parse(
    readFileSync(
      new URL('../../../dist/templates/workload-account.template.json', import.meta.url),
      'utf8',
    ),
  ) as {
    Resources: { WorkloadHandlerFunction: { Properties: { Code: { ZipFile: string } } } };
  };
  return template.Resources.WorkloadHandlerFunction.Properties.Code.ZipFile;
};

describe('a fleet with handlers of two releases', () => {
  let stage: RolloutStage;
  let places: readonly Place[];

  const replaceHandler = async (place: Place | undefined, code: string): Promise<void> => {
    if (!place) throw new Error('there is no account');
    await stage.fleet.infra.client(LambdaClient, place).send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'golden-golden-handler',
        ZipFile: makeZip({ 'index.js': code }),
      }),
    );
  };

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
    });
    places = names.map((name) => stage.fleet.place(name));
    await stage.deploy({
      BakeSeconds: '600',
      WaveBakeMinutes: '0',
      Waves: '100%',
      FailureBudget: '2',
    });
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    await replaceHandler(places[1], oldCode);
    await stage.fleet.world.scheduler.runFor(hour / 60);
  }, 120_000);

  /** By account: the schema that its handler was spoken to in, and what became of it. */
  const outcomes = ({ targets }: RolloutView): Record<string, string> =>
    Object.fromEntries(
      targets
        .filter(({ accountName }) => names.includes(accountName))
        .map((target) => [
          target.accountName,
          `${target.schema ?? 'newest'} ${outcomeText(target)}`,
        ]),
    );

  it('has the groups of the old one refreshed like those of the new one', async () => {
    const view = await stage.ship('harden.sh');
    expect(view.record.state).toBe('completed');
    expect(outcomes(view)).toEqual({
      'workload-1': 'newest refreshed',
      'workload-2': '1 refreshed',
    });
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);

  it.each([
    ['drops-awslogs-driver.sh', 'rolled-back alarm'],
    ['wrong-cluster.sh', 'rolled-back agent-not-registered'],
  ])(
    'has them judged alike when %s is bad',
    async (payload, outcome) => {
      const view = await stage.ship(payload);
      expect(outcomes(view)).toEqual({
        'workload-1': `newest ${outcome}`,
        'workload-2': `1 ${outcome}`,
      });
      expect(await rolloutBreaches(stage, places)).toEqual([]);
      await stage.fleet.world.scheduler.runFor(hour);
    },
    60_000,
  );

  it('follows a target whose handler is replaced, by either release, while its groups move', async () => {
    const version = await stage.publish('harden.sh', examplePayload('harden.sh') + '# again\n');
    await stage.until(() => areMoving(version), hour, 5_000);
    await replaceHandler(places[0], oldCode);
    await replaceHandler(places[1], readNewCode());
    const view = await stage.ended(version);
    expect(view.record.state).toBe('completed');
    expect(outcomes(view)).toEqual({ 'workload-1': '1 refreshed', 'workload-2': '1 refreshed' });
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);

  const areMoving = async (version: VersionRecord): Promise<boolean> => {
    const moving = (await stage.rollout(version))?.targets.filter(({ groups }) =>
      groups.some(({ state }) => state === 'moving'),
    );
    return moving?.length === places.length;
  };
});
