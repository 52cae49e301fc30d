import { type Construct } from 'constructs';

import { PlainStack } from '@golden/constructs/plain-stack.ts';

import { Alarms } from './alarms.ts';
import { ApplyPayloadComponent } from './apply-payload-component.ts';
import { FailureQueue } from './failure-queue.ts';
import { FanOut } from './fan-out.ts';
import { type HandlerName } from './handler-code.ts';
import { ImagePipeline } from './image-pipeline.ts';
import { defineParameters, parameterGroups } from './parameters.ts';
import { ParentWatch } from './parent-watch.ts';
import { PayloadBucket } from './payload-bucket.ts';
import { PayloadQueue } from './payload-queue.ts';
import { ReachAccount } from './reach-account.ts';
import { StartBuild, startBuildTimeoutSeconds } from './start-build.ts';
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
        'Golden images: an uploaded payload becomes an image that the accounts of an organization may use.',
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
    const fanOut = new FanOut(this, 'FanOut', {
      parameters,
      code: props.handlerCode('fan-out'),
      table,
      topics,
      pipeline,
    });
    const reachAccount = new ReachAccount(this, 'ReachAccount', {
      parameters,
      code: props.handlerCode('reach-account'),
    });
    new WorkloadStackSet(this, 'Workload', {
      parameters,
      template: props.workloadTemplate,
      reachAccountRoleArn: reachAccount.handler.roleArn,
    });
    new Alarms(this, 'Alarm', {
      parameters,
      noticesArn: topics.noticesArn,
      startBuild,
      fanOut,
      reachAccount,
      queue,
      triggerFailures,
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
    this.output('BuildLogGroup', pipeline.logGroupName, 'Logs of the builds');
  }
}
