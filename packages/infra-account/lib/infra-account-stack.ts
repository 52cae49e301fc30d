import { type Construct } from 'constructs';

import { PlainStack } from '@golden/constructs/plain-stack.ts';

import { Alarms } from './alarms.ts';
import { ApplyPayloadComponent } from './apply-payload-component.ts';
import { Dashboard } from './dashboard.ts';
import { FailureQueue } from './failure-queue.ts';
import { FanOut } from './fan-out.ts';
import { type HandlerName } from './handler-code.ts';
import { ImagePipeline } from './image-pipeline.ts';
import { InfraBus } from './infra-bus.ts';
import { defineParameters, parameterGroups } from './parameters.ts';
import { ParentWatch } from './parent-watch.ts';
import { PayloadBucket } from './payload-bucket.ts';
import { PayloadQueue } from './payload-queue.ts';
import { ReachAccount } from './reach-account.ts';
import { RevokeImage } from './revoke-image.ts';
import { makeRolloutFunctions } from './rollout-functions.ts';
import { RolloutMachine } from './rollout-machine.ts';
import { StartBuild, startBuildTimeoutSeconds } from './start-build.ts';
import { stableParameterName } from './stable-parameter.ts';
import { StateTable } from './state-table.ts';
import { Topics } from './topics.ts';
import { WorkloadStackSet } from './workload-stack-set.ts';

interface InfraAccountStackProps {
  /** The source of a handler's inline function, by the handler's name. */
  readonly handlerCode: (name: HandlerName) => string;
  /** The text of the workload template, which the StackSet carries. */
  readonly workloadTemplate: string;
}

/** Everything of the product that lives in the infra account's home Region. */
export class InfraAccountStack extends PlainStack {
  constructor(scope: Construct, id: string, props: InfraAccountStackProps) {
    super(scope, id, {
      description:
        'Golden images: an uploaded payload becomes an image, and every enrolled group of an organization is moved to it.',
      parameterGroups,
    });
    const parameters = defineParameters(this);

    const topics = new Topics(this, 'Topics', parameters);
    const table = new StateTable(this, 'State');
    const bucket = new PayloadBucket(this, 'Payload', parameters);
    const component = new ApplyPayloadComponent(this, 'ApplyPayload', parameters);
    const pipeline = new ImagePipeline(this, 'Image', {
      parameters,
      bucket,
      component,
      imagesTopicArn: topics.imagesArn,
    });

    const triggerFailures = new FailureQueue(this, 'TriggerFailures');
    const queue = new PayloadQueue(this, 'Payloads', {
      bucket,
      triggerFailures,
      functionTimeoutSeconds: startBuildTimeoutSeconds,
    });
    new ParentWatch(this, 'ParentWatching', { parameters, queue, triggerFailures });
    const startBuild = new StartBuild(this, 'StartBuild', {
      parameters,
      code: props.handlerCode('start-build'),
      bucket,
      queue,
      table,
      topics,
      component,
      pipeline,
    });
    const reachAccount = new ReachAccount(this, 'ReachAccount', {
      parameters,
      code: props.handlerCode('reach-account'),
    });
    const functions = makeRolloutFunctions(this, {
      parameters,
      code: props.handlerCode,
      bucket,
      table,
      topics,
      pipeline,
    });
    const rollout = new RolloutMachine(this, 'RolloutMachine', {
      parameters,
      bucket,
      functions: { ...functions, 'reach-account': reachAccount.handler },
    });
    const fanOut = new FanOut(this, 'FanOut', {
      parameters,
      code: props.handlerCode('fan-out'),
      table,
      topics,
      pipeline,
      rolloutMachineArn: rollout.arn,
    });
    const bus = new InfraBus(this, 'InfraBus', parameters);
    const revokeImage = new RevokeImage(this, 'RevokeImage', {
      parameters,
      code: props.handlerCode('revoke-image'),
      bus,
      table,
      topics,
      pipeline,
    });
    const workload = new WorkloadStackSet(this, 'Workload', {
      parameters,
      template: props.workloadTemplate,
      reachAccountRoleArn: reachAccount.handler.roleArn,
    });
    // Its handlers speak on the bus.
    workload.node.addDependency(bus);
    const alarms = new Alarms(this, 'Alarm', {
      parameters,
      noticesArn: topics.noticesArn,
      startBuild,
      fanOut,
      reachAccount,
      queue,
      triggerFailures,
      rolloutMachineArn: rollout.arn,
      rolloutFunctions: functions,
      revokeImage,
    });
    new Dashboard(this, 'Dashboard', {
      parameters,
      rolloutMachineArn: rollout.arn,
      functions: {
        'start-build': startBuild.handler,
        'fan-out': fanOut.handler,
        'reach-account': reachAccount.handler,
        'revoke-image': revokeImage.handler,
        ...functions,
      },
      queues: {
        payloads: queue.queueName,
        'payloads given up': queue.deadLetterQueueName,
        'trigger failures': triggerFailures.queueName,
        'fan-out failures': fanOut.failures.queueName,
        'late rollbacks that were not recorded': revokeImage.failures.queueName,
      },
      alarmArns: alarms.arns,
    });

    this.output('PayloadBucketName', bucket.bucketName, 'Upload payloads here, below payloads/');
    this.output('ImagesTopicArn', topics.imagesArn, 'Image Builder reports finished builds here');
    this.output('NoticesTopicArn', topics.noticesArn, 'Notices and alarms; subscribe to it');
    this.output('StateTableName', table.tableName, 'State and provenance of every image version');
    this.output('ImagePipelineArn', pipeline.arn, 'The pipeline that builds the images');
    this.output('ComponentArn', component.arn, 'The build component that new recipes use');
    this.output('PayloadQueueUrl', queue.url, 'Payloads that wait for their build');
    this.output('PayloadDeadLetterQueueUrl', queue.deadLetterUrl, 'Payloads that were given up');
    this.output(
      'TriggerFailuresQueueUrl',
      triggerFailures.url,
      'Uploads and questions that never reached the payload queue',
    );
    this.output('FanOutFailuresQueueUrl', fanOut.failures.url, 'Outcomes that were not recorded');
    this.output('StartBuildLogGroup', startBuild.handler.logGroupName, 'Log of start-build');
    this.output('FanOutFunctionName', fanOut.handler.functionName, 'Takes reports of builds');
    this.output('FanOutLogGroup', fanOut.handler.logGroupName, 'Log of fan-out');
    this.output(
      'ReachAccountRoleArn',
      reachAccount.handler.roleArn,
      'Parameter of a workload stack that is deployed by hand',
    );
    this.output(
      'ReachAccountFunctionName',
      reachAccount.handler.functionName,
      'Asks the handler of one workload account',
    );
    this.output('ReachAccountLogGroup', reachAccount.handler.logGroupName, 'Log of reach-account');
    this.output('RolloutMachineArn', rollout.arn, 'Takes images through the fleet');
    this.output('RolloutLogGroup', rollout.logGroupName, 'Errors of rollouts');
    this.output(
      'StableParameterName',
      stableParameterName(parameters),
      'SSM parameter: the newest image that went through the whole fleet',
    );
    this.output('InfraBusArn', bus.arn, 'Workload accounts report late rollbacks here');
    this.output(
      'RevokeImageFailuresQueueUrl',
      revokeImage.failures.url,
      'Late rollbacks that were not recorded',
    );
    this.output(
      'RevokeImageFunctionName',
      revokeImage.handler.functionName,
      'Takes reports of late rollbacks',
    );
    this.output('RevokeImageLogGroup', revokeImage.handler.logGroupName, 'Log of revoke-image');
    this.output('BuildLogGroup', pipeline.logGroupName, 'Logs of the builds');
  }
}
