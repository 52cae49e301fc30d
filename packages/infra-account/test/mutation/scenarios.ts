import {
  CancelImageCreationCommand,
  CreateImageRecipeCommand,
  ImagebuilderClient,
} from '@aws-sdk/client-imagebuilder';
import { LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { faults, type Fate } from '@golden/emulator';
import { hour, type InfraStage } from '@golden/stage/infra-stage.ts';
import {
  asksOutside,
  asksStatus,
  cancels,
  deliversByGroupPolicy,
  goesBackLate,
  grants,
  misusesHandlerRole,
  moves,
  refusesOtherRoles,
  refusesOutsiders,
  rollsBack,
  type FleetScenario,
} from './fleet-scenarios.ts';
import type { Site } from './sites.ts';

const minute = hour / 60;
const day = 24 * hour;
const script = '#!/bin/bash\nset -euo pipefail\necho hardened > /etc/motd\n';

/** A short run that uses some principals; it starts on a deployed stack and ends when it has used them. */
interface InfraScenario {
  readonly name: string;
  readonly on: 'infra';
  readonly run: (stage: InfraStage) => Promise<void>;
}
export type Scenario = InfraScenario | FleetScenario;

/** Payload -> image -> notice: most of what the stack may do. */
const builds: InfraScenario = {
  name: 'a payload is built',
  on: 'infra',
  run: async (stage) => {
    await stage.upload('payloads/harden.sh', script);
    await stage.buildsSettle();
  },
};

const readsDeleted: InfraScenario = {
  name: 'a payload is deleted before it is read',
  on: 'infra',
  run: async (stage) => {
    await stage.deleteVersion(await stage.upload('payloads/gone.sh', script));
    await stage.buildsSettle();
  },
};

const fails: InfraScenario = {
  name: 'a payload fails to build',
  on: 'infra',
  run: async (stage) => {
    await stage.upload('payloads/fails.sh', '#!/bin/bash\nexit 1\n');
    await stage.buildsSettle();
  },
};

const asksDaily: InfraScenario = {
  name: 'the daily question is asked',
  on: 'infra',
  run: (stage) => stage.world.scheduler.runFor(day + hour),
};

/** An encrypted image needs the name of its parent's root device. */
const encrypts: InfraScenario = {
  name: 'a payload is built into an encrypted image',
  on: 'infra',
  run: async (stage) => {
    await stage.deploy(undefined, { AmiKmsKeyId: await stage.multiRegionKey() });
    await builds.run(stage);
  },
};

/** A person makes a higher recipe between ours and the start of the pipeline. */
const cancelsWrongBuild: InfraScenario = {
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

const makeRecipe = (stage: InfraStage, semanticVersion: string): Promise<unknown> =>
  stage.client(ImagebuilderClient).send(
    new CreateImageRecipeCommand({
      name: stage.line,
      semanticVersion,
      parentImage: 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      components: [],
      clientToken: `by-hand-${semanticVersion}`,
    }),
  );

const hearsCancellation: InfraScenario = {
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

const raisesAlarm: InfraScenario = {
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

/** Whatever fan-out writes fails, so that its invocations are given up. */
const losesOutcomes: InfraScenario = {
  name: 'the outcome of a build cannot be recorded',
  on: 'infra',
  run: async (stage) => {
    faults(stage.world).onCall(({ functionName, operation }) =>
      functionName.includes('FanOut') && operation === 'UpdateItem'
        ? { error: { code: 'InternalServerError', status: 500 } }
        : 'proceed',
    );
    await stage.upload('payloads/harden.sh', script);
    await stage.world.scheduler.runFor(3 * hour);
  },
};

const cannotQueueUploads: InfraScenario = {
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
const cannotAskDaily: InfraScenario = {
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
  logicalId: string,
  name: string,
  then: (stage: InfraStage) => Promise<unknown>,
): InfraScenario => ({
  name,
  on: 'infra',
  run: async (stage) => {
    const FunctionName = await stage.physicalId('FanOutHandlerFunction');
    const StatementId = await stage.physicalId(logicalId);
    await stage
      .client(LambdaClient)
      .send(new RemovePermissionCommand({ FunctionName, StatementId }));
    await then(stage);
    await stage.world.scheduler.runFor(8 * hour);
  },
});

const cannotReportImages = cannotInvoke(
  'FanOutImagesPermission',
  'fan-out cannot be told of finished builds',
  (stage) => stage.upload('payloads/harden.sh', script),
);
const cannotReportCancellations = cannotInvoke(
  'FanOutCancellationsPermission',
  'fan-out cannot be told of cancelled builds',
  cancelBuild,
);

const reachRole = 'ReachAccountHandlerExecutionRole';
const handlerRole = 'workload:WorkloadHandlerExecutionRole';

/** The shortest scenario for each statement, by the beginning of its site's id; what all others have is said below. */
const special: readonly (readonly [prefix: string, scenario: Scenario])[] = [
  ['StartBuildHandlerExecutionRole/Policies/TellGoneFromForbidden', readsDeleted],
  ['StartBuildHandlerExecutionRole/Policies/PublishNotices', readsDeleted],
  ['StartBuildHandlerExecutionRole/Policies/EncryptNotices', readsDeleted],
  ['FanOutHandlerExecutionRole/Policies/ReadBuildLog', fails],
  ['StartBuildHandlerExecutionRole/Policies/CancelWrongBuild', cancelsWrongBuild],
  ['StartBuildHandlerExecutionRole/Policies/ReadParentRootDevice', encrypts],
  ['ParentWatchingSenderRole/Policies/KeepUndelivered', cannotAskDaily],
  ['ParentWatchingSenderRole/', asksDaily],
  ['TopicsKey/KeyPolicy/ServicesEncryptNotices', raisesAlarm],
  ['TopicsNoticesPolicy/PolicyDocument/AlarmsPublish', raisesAlarm],
  ['TriggerFailuresQueuePolicy/PolicyDocument/Undelivered', cannotQueueUploads],
  ['FanOutFailuresQueuePolicy/PolicyDocument/UndeliveredImages', cannotReportImages],
  ['FanOutFailuresQueuePolicy/PolicyDocument/UndeliveredCancellations', cannotReportCancellations],
  ['FanOutHandlerExecutionRole/Policies/KeepFailedInvocations', losesOutcomes],
  ['FanOutCancellationsPermission/', hearsCancellation],
  [`${reachRole}/Policies/AssumeInvokerRoles/`, asksOutside],
  [`${reachRole}/`, moves],
  ['workload:EcsErrorsLog/', deliversByGroupPolicy],
  [`${handlerRole}/Policies/ReadImagesAndTemplates/ec2:DescribeInstances`, asksStatus],
  [`${handlerRole}/Policies/MoveGroups/autoscaling:RollbackInstanceRefresh`, rollsBack],
  [`${handlerRole}/Policies/MoveGroups/autoscaling:CancelInstanceRefresh`, cancels],
  ['workload:LateRollbackPermission/', goesBackLate],
  ['workload:InvokerRole/AssumeRolePolicyDocument/0/ArnEquals', refusesOtherRoles],
  ['workload:InvokerRole/AssumeRolePolicyDocument/0/StringEquals', refusesOutsiders],
];

const ofWorkload = ({ id, takes }: Site): Scenario => {
  if (takes === 'condition') return misusesHandlerRole;
  return id.endsWith('/GrantKeysToAutoScaling') ? grants : moves;
};

export const scenarioFor = (site: Site): Scenario =>
  special.find(([prefix]) => site.id.startsWith(prefix))?.[1] ??
  (site.id.startsWith('workload:') ? ofWorkload(site) : builds);
