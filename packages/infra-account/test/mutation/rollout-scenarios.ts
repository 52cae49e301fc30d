import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import type { RolloutStage } from '@golden/stage/rollout-stage.ts';

const minute = hour / 60;
/** What a handler is told by events has been done by then. */
const eventsSettle = 10 * minute;
const rolloutLimit = 48 * hour;

/** A run in which images go through one workload account with one group; it starts on a deployed stack whose rollouts are on. */
export interface RolloutScenario {
  readonly name: string;
  readonly on: 'rollout';
  readonly parameters?: Readonly<Record<string, string>>;
  /** @param isDecided whether something was refused already that is let in otherwise: the rest would show nothing more */
  readonly run: (stage: RolloutStage, isDecided: () => boolean) => Promise<void>;
}

/** Every image is another one. */
const payload = (number: number): string => `#!/bin/bash\necho ${number} > /etc/motd\n`;

const awaitEnd = (
  stage: RolloutStage,
  version: VersionRecord,
  isDecided: () => boolean,
): Promise<void> =>
  stage.until(
    async () => {
      if (isDecided()) return true;
      const { record } = (await stage.rollout(version)) ?? {};
      return (
        record !== undefined &&
        isRolloutEnd(record.state) &&
        !(await stage.isRunning(record.executionArn))
      );
    },
    rolloutLimit,
    minute,
  );

async function ship(
  stage: RolloutStage,
  isDecided: () => boolean,
  number = 1,
): Promise<VersionRecord> {
  const version = await stage.publish('harden.sh', payload(number));
  await awaitEnd(stage, version, isDecided);
  return version;
}

export const rollsOut: RolloutScenario = {
  name: 'an image is rolled out',
  on: 'rollout',
  run: async (stage, isDecided) => {
    await ship(stage, isDecided);
  },
};

/** So long AWS watches the alarm before a refresh ends. */
const bakes = { BakeSeconds: '900' };

export const halts: RolloutScenario = {
  name: 'a bad image is rolled out',
  on: 'rollout',
  parameters: bakes,
  run: async (stage, isDecided) => {
    await awaitEnd(stage, await stage.publish('drops-awslogs-driver.sh'), isDecided);
  },
};

/** Somebody wrote `stable` although no version is; whoever ends a rollout sets it right. */
const writeStable = ({ stableParameter }: RolloutStage): Promise<void> =>
  stableParameter.write('{"version":"by-hand"}');

export const haltsUnderWrongStable: RolloutScenario = {
  name: 'a bad image is rolled out, and somebody wrote `stable`',
  on: 'rollout',
  parameters: bakes,
  run: async (stage, isDecided) => {
    await writeStable(stage);
    await halts.run(stage, isDecided);
  },
};

/** The execution of a rollout is stopped while its group moves, and the next image takes the line. */
async function dieAndTakeOver(
  stage: RolloutStage,
  isDecided: () => boolean,
  number: number,
): Promise<void> {
  const dead = await stage.publish('harden.sh', payload(number));
  const isMoving = async (): Promise<boolean> =>
    (await stage.rollout(dead))?.targets.some(({ groups }) =>
      groups.some(({ state }) => state === 'moving'),
    ) === true;
  await stage.until(async () => isDecided() || (await isMoving()), hour);
  const { executionArn } = (await stage.rollout(dead))?.record ?? {};
  await stage.fleet.infra.client(SFNClient).send(new StopExecutionCommand({ executionArn }));
  await stage.publish('harden.sh', payload(number + 1));
  await awaitEnd(stage, dead, isDecided);
}

export const takesOver: RolloutScenario = {
  name: 'a rollout dies and the next takes its place',
  on: 'rollout',
  run: async (stage, isDecided) => {
    await writeStable(stage);
    await dieAndTakeOver(stage, isDecided, 1);
  },
};

export const takesOverAfterStable: RolloutScenario = {
  name: 'a rollout dies and somebody deletes `stable`',
  on: 'rollout',
  run: async (stage, isDecided) => {
    await ship(stage, isDecided);
    await stage.stableParameter.remove();
    await dieAndTakeOver(stage, isDecided, 2);
  },
};

const alarm = async ({ fleet }: RolloutStage): Promise<void> => {
  await raiseAlarm(fleet, fleet.place('workload-1'));
  await fleet.world.scheduler.runFor(eventsSettle);
};

export const revokes: RolloutScenario = {
  name: 'the alarm fires after the rollout',
  on: 'rollout',
  run: async (stage, isDecided) => {
    await ship(stage, isDecided);
    await alarm(stage);
  },
};

export const revokesSecond: RolloutScenario = {
  name: 'the alarm fires after the second rollout',
  on: 'rollout',
  run: async (stage, isDecided) => {
    for (const number of [1, 2]) await ship(stage, isDecided, number);
    await alarm(stage);
  },
};

export const cannotReportLateRollbacks: RolloutScenario = {
  name: 'revoke-image cannot be told of late rollbacks',
  on: 'rollout',
  run: async (stage, isDecided) => {
    const { infra } = stage.fleet;
    await infra.client(LambdaClient).send(
      new RemovePermissionCommand({
        FunctionName: infra.outputs['RevokeImageFunctionName'],
        StatementId: await infra.physicalId('RevokeImagePermission'),
      }),
    );
    await revokes.run(stage, isDecided);
  },
};
