import { expect, it } from '@jest/globals';
import {
  DeleteAutoScalingGroupCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, override } from './hand-made.ts';

const minute = 60_000;

/** A group that cannot launch: the image is gone. EventBridge is told so. */
const failToLaunch = async (stage: FleetStage, place: Place): Promise<void> => {
  const hand = await HandMade.open(stage, place);
  const ImageId = await hand.image('gone-soon');
  await hand.plainGroup('broken', { data: { ImageId } });
  await hand.ec2.send(new DeregisterImageCommand({ ImageId }));
  const AutoScalingGroupName = 'broken';
  await hand.scaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 1 }),
  );
  await stage.world.scheduler.runFor(5 * minute);
  await hand.scaling.send(
    new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }),
  );
};

const warningsOf = async (
  stage: FleetStage,
  place: Place,
  version: VersionRecord,
): Promise<readonly string[]> => {
  const answer = await stage.ask(place, stage.request(place, version, { action: 'survey' }));
  if (answer.outcome !== 'answered' || answer.response.outcome !== 'answered')
    throw new Error(JSON.stringify(answer));
  return answer.response.warnings.map(({ reason }) => reason);
};

it('lets events arrive by each LogsPolicy, and none only where somebody else allows it', async () => {
  const names = ['account', 'group', 'none', 'workload-1'];
  const stage = await FleetStage.open({
    otherRegions: [],
    units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
  });
  await stage.deploy();
  const good = await stage.build('harden.sh');
  const seen: Record<string, readonly string[]> = {};
  for (const name of names) {
    const place = stage.place(name);
    const allowed = name === 'workload-1';
    await override(stage, place, { LogsPolicy: allowed ? 'none' : name });
    if (allowed)
      await stage.deployStack(place, {
        name: 'own',
        parameters: {},
        template: JSON.stringify({
          Resources: {
            Policy: {
              Type: 'AWS::Logs::ResourcePolicy',
              Properties: {
                PolicyName: 'events',
                PolicyDocument: JSON.stringify({
                  Version: '2012-10-17',
                  Statement: {
                    Effect: 'Allow',
                    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
                    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                    Resource: `arn:aws:logs:${place.region}:${place.account.id}:log-group:/aws/events/*`,
                  },
                }),
              },
            },
          },
        }),
      });
    expect(await warningsOf(stage, place, good)).toEqual(['ecs-signal-unproven']);
    await failToLaunch(stage, place);
    seen[name] = await warningsOf(stage, place, good);
  }
  expect(seen).toEqual({
    account: [],
    group: [],
    none: ['ecs-signal-unproven'],
    'workload-1': [],
  });
});
