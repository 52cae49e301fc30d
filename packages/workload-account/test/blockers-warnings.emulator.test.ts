import { expect, it } from '@jest/globals';
import { SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { Explained } from '@golden/shared/payload/target-answer.ts';
import { FleetStage } from '@golden/stage/fleet-stage.ts';
import { HandMade } from './hand-made.ts';

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

it('warns of a group that launches the new version unwatched, because it is saved on $Latest and not moved', async () => {
  const stage = await FleetStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
  await stage.deploy();
  const place = stage.place('workload-1');
  const good = await stage.build('harden.sh');
  const customer = await HandMade.open(stage, place);
  const template = await customer.plainGroup('moves');
  await customer.group('stays', { template, version: '$Latest' });
  await customer.group('numbered', { template });
  for (const AutoScalingGroupName of ['stays', 'numbered'])
    await customer.scaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }),
    );
  const survey = stage.request(place, good, { action: 'survey' });
  expect(await stage.reports(place, survey)).toEqual([
    expect.objectContaining({
      group: 'moves',
      state: 'ready',
      warnings: [
        {
          reason: 'template-shared',
          sentence: expect.stringMatching(
            /^stays is saved on \$Latest of lt-\w+ and is not moved: .* pin it to a number/,
          ),
        },
      ],
    }),
    expect.objectContaining({ group: 'numbered', state: 'skipped' }),
    expect.objectContaining({ group: 'stays', state: 'skipped' }),
  ]);
});

it('warns once of all groups that are on the image already by $Latest, which a copy of another version would change', async () => {
  const stage = await FleetStage.open({ otherRegions: [] });
  await stage.deploy();
  const place = stage.place('workload-1');
  const good = await stage.build('harden.sh');
  const customer = await HandMade.open(stage, place);
  const template = await customer.plainGroup('moves');
  await customer.addVersion(template, {
    ImageId: good.amis?.[place.region],
    InstanceType: 't3.large',
  });
  for (const name of ['there', 'there-too', 'there-three'])
    await customer.group(name, { template, version: '$Latest' });
  const reports = await stage.reports(place, stage.request(place, good, { action: 'survey' }));
  expect(reports.map(({ group, state }) => [group, state])).toEqual([
    ['moves', 'ready'],
    ['there', 'up-to-date'],
    ['there-three', 'up-to-date'],
    ['there-too', 'up-to-date'],
  ]);
  expect(reports[0]?.warnings).toEqual([
    {
      reason: 'template-shared',
      sentence: expect.stringMatching(/^there \(and 2 more\) is saved on \$Latest of lt-/),
    },
  ]);
});
