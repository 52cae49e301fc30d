import { expect, it } from '@jest/globals';
import type { Explained } from '@golden/shared/payload/target-answer.ts';
import { FleetStage } from '@golden/stage/fleet-stage.ts';

it('warns of the signal until its first event has come, and of groups that a stack owns', async () => {
  const stage = await FleetStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
  await stage.deploy();
  const place = stage.place('workload-1');
  const good = await stage.build('harden.sh');
  const survey = stage.request(place, good, { action: 'survey' });
  const warnings = async (): Promise<readonly Explained[]> => {
    const answer = await stage.ask(place, survey);
    if (answer.outcome !== 'answered' || answer.response.outcome !== 'answered')
      throw new Error(JSON.stringify(answer));
    return answer.response.warnings;
  };
  expect(await warnings()).toEqual([
    {
      reason: 'ecs-signal-unproven',
      sentence: expect.stringMatching(
        /^\/aws\/events\/golden-golden-\w+ has never received an event, .*; see LogsPolicy$/,
      ),
    },
  ]);
  // Its service cannot place a task before the first instance has come, and ECS says so.
  await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
  expect(await warnings()).toEqual([]);
  expect(await stage.reports(place, survey)).toMatchObject([
    {
      state: 'ready',
      warnings: [
        {
          reason: 'stack-managed',
          sentence: expect.stringMatching(/^it belongs to the stack ecs-workload, whose next/),
        },
      ],
    },
  ]);
});
