import { EC2Client, EnableEbsEncryptionByDefaultCommand } from '@aws-sdk/client-ec2';
import {
  CancelImageCreationCommand,
  CreateImageRecipeCommand,
  ImagebuilderClient,
} from '@aws-sdk/client-imagebuilder';
import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { faults, type Fate } from '@golden/emulator';
import { hour, type InfraStage } from '@golden/stage/infra-stage.ts';

const minute = hour / 60;
const day = 24 * hour;
const script = '#!/bin/bash\nset -euo pipefail\necho hardened > /etc/motd\n';

/** A short run that uses some principals; it starts on a deployed stack and ends when it has used them. */
export interface InfraScenario {
  readonly name: string;
  readonly on: 'infra';
  readonly run: (stage: InfraStage) => Promise<void>;
}

/** Payload -> image -> notice: most of what the stack may do. */
export const builds: InfraScenario = {
  name: 'a payload is built',
  on: 'infra',
  run: async (stage) => {
    await stage.upload('payloads/harden.sh', script);
    await stage.buildsSettle();
  },
};

export const readsDeleted: InfraScenario = {
  name: 'a payload is deleted before it is read',
  on: 'infra',
  run: async (stage) => {
    await stage.deleteVersion(await stage.upload('payloads/gone.sh', script));
    await stage.buildsSettle();
  },
};

export const fails: InfraScenario = {
  name: 'a payload fails to build',
  on: 'infra',
  run: async (stage) => {
    await stage.upload('payloads/fails.sh', '#!/bin/bash\nexit 1\n');
    await stage.buildsSettle();
  },
};

export const asksDaily: InfraScenario = {
  name: 'the daily question is asked',
  on: 'infra',
  run: (stage) => stage.world.scheduler.runFor(day + hour),
};

/** An encrypted image needs the name of its parent's root device. */
export const encrypts: InfraScenario = {
  name: 'a payload is built into an encrypted image',
  on: 'infra',
  run: async (stage) => {
    await stage.deploy(undefined, { AmiKmsKeyId: await stage.multiRegionKey() });
    await builds.run(stage);
  },
};

/** A person makes a higher recipe between ours and the start of the pipeline. */
export const cancelsWrongBuild: InfraScenario = {
  name: 'the pipeline starts a recipe that somebody made by hand',
  on: 'infra',
  run: async (stage) => {
    faults(stage.world).onCall(async ({ operation }): Promise<Fate> => {
      if (operation === 'StartImagePipelineExecution') await makeRecipe(stage, '1.0.77');
      return 'proceed';
    });
    await builds.run(stage);
  },
};

/** A person makes a recipe at the same moment: start-build has to see whether it is its own. */
export const meetsRecipe: InfraScenario = {
  name: 'the recipe of a version is there already',
  on: 'infra',
  run: async (stage) => {
    faults(stage.world).onCall(async ({ operation }): Promise<Fate> => {
      if (operation === 'CreateImageRecipe') {
        faults(stage.world).onCall(undefined);
        await makeRecipe(stage, '1.0.1');
      }
      return 'proceed';
    });
    await builds.run(stage);
  },
};

/** An image of such an account cannot be shared, which is found out by the key. */
export const encryptsByDefault: InfraScenario = {
  name: 'the account encrypts volumes by default',
  on: 'infra',
  run: async (stage) => {
    await stage.client(EC2Client).send(new EnableEbsEncryptionByDefaultCommand({}));
    await builds.run(stage);
  },
};

const makeRecipe = (stage: InfraStage, semanticVersion: string): Promise<unknown> =>
  stage.client(ImagebuilderClient).send(
    new CreateImageRecipeCommand({
      name: stage.line,
      semanticVersion,
      parentImage: 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      clientToken: `by-hand-${semanticVersion}`,
    }),
  );

export const hearsCancellation: InfraScenario = {
  name: 'a build is cancelled',
  on: 'infra',
  run: async (stage) => {
    await cancelBuild(stage);
    await stage.buildsSettle();
  },
};

async function cancelBuild(stage: InfraStage): Promise<void> {
  await stage.upload('payloads/harden.sh', script);
  await stage.world.scheduler.runFor(5 * minute);
  const [version] = await stage.versions();
  if (version?.imageArn === undefined) return;
  await stage.client(ImagebuilderClient).send(
    new CancelImageCreationCommand({
      imageBuildVersionArn: version.imageArn,
      clientToken: 'by-hand',
    }),
  );
}

export const raisesAlarm: InfraScenario = {
  name: 'an alarm fires',
  on: 'infra',
  run: async (stage) => {
    const QueueUrl = stage.outputs['FanOutFailuresQueueUrl'];
    await stage
      .client(SQSClient)
      .send(new SendMessageCommand({ QueueUrl, MessageBody: 'an outcome that was not recorded' }));
    await stage.world.scheduler.runFor(20 * minute);
  },
};

export const cannotQueueUploads: InfraScenario = {
  name: 'uploads cannot be put into the queue',
  on: 'infra',
  run: async (stage) => {
    const QueueUrl = stage.outputs['PayloadQueueUrl'];
    await stage
      .client(SQSClient)
      .send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: '' } }));
    await stage.upload('payloads/harden.sh', script);
    await stage.world.scheduler.runFor(day + hour);
  },
};

/** The queue takes nothing from Scheduler's role: a deny in its policy. */
export const cannotAskDaily: InfraScenario = {
  name: 'the daily question cannot be put into the queue',
  on: 'infra',
  run: async (stage) => {
    const QueueUrl = stage.outputs['PayloadQueueUrl'];
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
    });
    await stage
      .client(SQSClient)
      .send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await stage.world.scheduler.runFor(3 * day);
  },
};

const cannotInvoke = (
  permission: string,
  name: string,
  then: (stage: InfraStage) => Promise<unknown>,
): InfraScenario => ({
  name,
  on: 'infra',
  run: async (stage) => {
    const FunctionName = await stage.physicalId('FanOutHandlerFunction');
    const StatementId = await stage.physicalId(permission);
    await stage
      .client(LambdaClient)
      .send(new RemovePermissionCommand({ FunctionName, StatementId }));
    await then(stage);
    await stage.world.scheduler.runFor(8 * hour);
  },
});

export const cannotReportImages = cannotInvoke(
  'FanOutImagesPermission',
  'fan-out cannot be told of finished builds',
  (stage) => stage.upload('payloads/harden.sh', script),
);
export const cannotReportCancellations = cannotInvoke(
  'FanOutCancellationsPermission',
  'fan-out cannot be told of cancelled builds',
  cancelBuild,
);
