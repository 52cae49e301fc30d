import { LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeZip } from '@golden/emulator';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'nonsense', 'another-shape', 'throws', 'slow', 'old'];
/** What the owner of an account may put where our handler was. */
const code: Readonly<Record<string, string>> = {
  nonsense: 'async () => "hello"',
  'another-shape': 'async () => ({ schema: 2, outcome: "answered", groups: [{ group: 7 }] })',
  throws: 'async () => { throw new Error("no wish to"); }',
  slow: 'async () => new Promise((done) => setTimeout(done, 600000))',
  old: 'async () => ({ schema: 1, outcome: "refused", block: { reason: "request-invalid", problem: "schema is not 0", schema: 0 } })',
};

describe('a handler that is none', () => {
  let stage: RolloutStage;
  let places: readonly Place[];
  let view: RolloutView;

  const ended = ({ targets }: RolloutView, name: string): unknown =>
    targets.find(({ accountName }) => accountName === name)?.ended;

  const replaceHandler = async (name: string, by = name): Promise<void> => {
    const ZipFile = makeZip({ 'index.js': `exports.handler = ${code[by] ?? ''};` });
    await stage.fleet.infra
      .client(LambdaClient, stage.fleet.place(name))
      .send(new UpdateFunctionCodeCommand({ FunctionName: 'golden-golden-handler', ZipFile }));
  };

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
      settings: { pageSizeMax: 2 },
    });
    places = names.map((name) => stage.fleet.place(name));
    await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0' });
    for (const place of places.slice(0, 2))
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    for (const name of names.slice(1)) await replaceHandler(name);
    view = await stage.ship('harden.sh');
  }, 120_000);

  it.each([
    ['nonsense', 'answer-invalid', /hello/],
    ['another-shape', 'answer-invalid', /groups/],
    ['throws', 'function-failed', /^Error: no wish to$/],
    ['slow', 'timed-out', /Task timed out after 300/],
    ['old', 'handler-too-old', /speaks schema 0.*bring it and its caller to one release/],
  ])('and gives %s makes its target unreachable for the reason %s', (name, reason, sentence) => {
    expect(ended(view, name)).toMatchObject({
      outcome: 'unreachable',
      reason,
      sentence: expect.stringMatching(sentence),
    });
  });

  it('keeps no other target from being moved, and none waits for it', async () => {
    expect(ended(view, 'workload-1')).toEqual({ outcome: 'refreshed' });
    expect(view.record).toMatchObject({ state: 'completed', waves: [1] });
    expect(view.record.outcomes).toMatchObject({ refreshed: 1, unreachable: 5 });
    const [mail] = stage.fleet.infra
      .emails()
      .filter(({ subject }) => subject.includes('rollout completed'));
    for (const name of names.slice(1)) expect(mail?.body).toContain(`"accountName": "${name}"`);
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  });

  it('from the middle of a wave on makes its target unreachable, and the rollout stops', async () => {
    const version = await stage.publish('harden.sh', examplePayload('harden.sh') + '# again\n');
    const isMoving = async (): Promise<boolean> =>
      (await stage.rollout(version))?.targets.some(({ groups }) =>
        groups.some(({ state }) => state === 'moving'),
      ) === true;
    await stage.until(isMoving, hour, 5_000);
    await replaceHandler('workload-1', 'nonsense');
    const halted = await stage.ended(version);
    expect(halted.record).toMatchObject({ state: 'halted', stop: { code: 'budget-exceeded' } });
    expect(ended(halted, 'workload-1')).toMatchObject({
      outcome: 'unreachable',
      reason: 'answer-invalid',
    });
    expect(await stage.stable()).toBe(view.record.version);
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);
});
