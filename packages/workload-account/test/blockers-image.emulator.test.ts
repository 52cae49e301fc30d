import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeregisterImageCommand,
  DisableAllowedImagesSettingsCommand,
  DisableImageCommand,
  EnableAllowedImagesSettingsCommand,
  ReplaceImageCriteriaInAllowedImagesSettingsCommand,
} from '@aws-sdk/client-ec2';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { setErrorAlarm } from '@golden/stage/error-alarm.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites } from './hand-made.ts';

let stage: FleetStage;
let place: Place;
let good: VersionRecord;
let customer: HandMade;
let infra: HandMade;
let stranger: HandMade;

beforeAll(async () => {
  stage = await FleetStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
  await stage.deploy();
  place = stage.place('workload-1');
  good = await stage.build('harden.sh');
  customer = await HandMade.open(stage, place);
  infra = await HandMade.open(stage, stage.place('infra'));
  stranger = await HandMade.open(stage, { ...place, account: stage.infra.stranger });
  await customer.plainGroup('web');
});

const goldenAmi = (): string => good.amis?.[place.region] ?? '';

/** What is said to a survey and to a refresh, and what they change. */
const askBoth = async (
  image: { ami?: string; region?: string } = {},
): Promise<{ answers: readonly ReachAnswer[]; writes: readonly string[] }> => {
  const start = stage.world.journal.entries.length;
  const answers: ReachAnswer[] = [];
  for (const action of ['survey', 'refresh']) {
    const request = {
      schema: 2,
      line: 'golden',
      image: { ami: goldenAmi(), region: place.region, version: '1.0.1', ...image },
      action,
      ...(action === 'refresh' && { rolloutId: 'r1' }),
    };
    answers.push(await stage.ask(place, request));
  }
  return { answers, writes: handlerWrites(stage, place, start) };
};

const refusedFor = (reason: string, sentence: RegExp) => ({
  outcome: 'answered',
  response: {
    outcome: 'refused',
    block: { reason, sentence: expect.stringMatching(sentence) },
  },
});

describe('an image that is not to be launched here', () => {
  const member = (): string => place.account.id;
  it.each<[string, () => Promise<{ ami?: string; region?: string }>, string, RegExp]>([
    [
      'of a stranger who shared it, by the right name',
      async () => ({ ami: await stranger.image('golden/forged', [member()]) }),
      'image-foreign-owner',
      /^ami-\w+ belongs to \d{12}; only images of \d{12} are launched here$/,
    ],
    [
      'of the account itself',
      async () => ({ ami: await customer.image('golden/forged') }),
      'image-foreign-owner',
      /only images of/,
    ],
    [
      'of Amazon',
      async () => ({ ami: await customer.amazonImage() }),
      'image-foreign-owner',
      /only images of/,
    ],
    [
      'that was not shared',
      async () => ({ ami: await infra.image('golden/not-shared') }),
      'image-not-visible',
      /^ami-\w+ does not exist in eu-west-1, is not shared with this account, or is hidden/,
    ],
    [
      'that was deregistered',
      async () => {
        const ami = await infra.image('golden/deregistered', [member()]);
        await infra.ec2.send(new DeregisterImageCommand({ ImageId: ami }));
        return { ami };
      },
      'image-not-visible',
      /does not exist/,
    ],
    [
      'that was disabled',
      async () => {
        const ami = await infra.image('golden/disabled', [member()]);
        await infra.ec2.send(new DisableImageCommand({ ImageId: ami }));
        return { ami };
      },
      'image-not-visible',
      /does not exist/,
    ],
    [
      'whose data is still on its way',
      async () => ({ ami: await infra.pendingImage('golden/pending') }),
      'image-not-visible',
      /does not exist/,
    ],
    [
      'of another line',
      async () => ({ ami: await infra.image('silver/1.0.1', [member()]) }),
      'image-other-name',
      /^ami-\w+ is called "silver\/1\.0\.1", which does not begin with "golden"/,
    ],
    [
      'of another Region',
      () => Promise.resolve({ region: 'eu-central-1' }),
      'image-wrong-region',
      /^ami-\w+ is an image of eu-central-1 and this is eu-west-1; name the copy/,
    ],
  ])('%s is refused', async (_, make, reason, sentence) => {
    const { answers, writes } = await askBoth(await make());
    const refused = refusedFor(reason, sentence);
    expect(answers).toEqual([refused, refused]);
    expect(writes).toEqual([]);
  });

  it('that the Allowed AMIs setting hides is refused, and one that it only speaks of is warned of', async () => {
    const allow = (ImageProviders: string[]) =>
      customer.ec2.send(
        new ReplaceImageCriteriaInAllowedImagesSettingsCommand({
          ImageCriteria: [{ ImageProviders }],
        }),
      );
    const set = (AllowedImagesSettingsState: 'enabled' | 'audit-mode') =>
      customer.ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState }));
    await allow(['amazon']);
    await set('enabled');
    const hidden = await askBoth();
    await set('audit-mode');
    const survey = stage.request(place, good, { action: 'survey' });
    const told = await stage.ask(place, survey);
    await allow(['amazon', stage.infra.infra.id]);
    await set('enabled');
    const allowed = await stage.reports(place, survey);
    await customer.ec2.send(new DisableAllowedImagesSettingsCommand({}));
    const notVisible = refusedFor('image-not-visible', /is hidden by its Allowed AMIs setting/);
    expect(hidden.answers).toEqual([notVisible, notVisible]);
    expect(hidden.writes).toEqual([]);
    expect(told).toMatchObject({
      response: {
        groups: [{ group: 'web', state: 'ready' }],
        warnings: expect.arrayContaining([
          {
            reason: 'image-not-allowed',
            sentence: expect.stringMatching(/audit mode.*add \d{12} to the allowed providers/),
          },
        ]),
      },
    });
    expect(allowed).toMatchObject([{ group: 'web', state: 'ready' }]);
  });
});

describe('an alarm that is not OK', () => {
  it.each([
    ['ALARM' as const, /^the alarm \S+ is ALARM: ECS reports errors here already/],
    ['INSUFFICIENT_DATA' as const, /is INSUFFICIENT_DATA: it has not been evaluated yet; ask/],
  ])('but %s keeps each group where it is', async (StateValue, sentence) => {
    await setErrorAlarm(stage, place, StateValue);
    const { answers, writes } = await askBoth();
    const skipped = {
      group: 'web',
      state: 'skipped',
      block: { reason: 'alarm-not-ok', sentence: expect.stringMatching(sentence) },
    };
    expect(answers).toMatchObject([
      { response: { groups: [skipped] } },
      { response: { groups: [skipped] } },
    ]);
    expect(writes).toEqual([]);
  });

  it('because the stack is new is said until it has been evaluated', async () => {
    const joined = await stage.join('newcomer', 'workloads');
    await (await HandMade.open(stage, joined)).plainGroup('web');
    const survey = stage.request(joined, good, { action: 'survey' });
    const seen: string[] = [];
    for (let looks = 0; looks < 200 && seen.at(-1) !== 'ready'; looks += 1) {
      await stage.world.scheduler.runFor(5_000);
      const answer = await stage.ask(joined, survey);
      const said =
        answer.outcome === 'unreachable'
          ? answer.reason
          : answer.response.outcome === 'answered'
            ? (answer.response.groups[0]?.block?.reason ?? answer.response.groups[0]?.state ?? '')
            : answer.response.block.reason;
      if (said !== seen.at(-1)) seen.push(said);
    }
    // In between the function is missing, and then being created.
    expect(seen.filter((said) => said !== 'function-missing' && said !== 'call-failed')).toEqual([
      'role-denied',
      'alarm-not-ok',
      'ready',
    ]);
  });
});
