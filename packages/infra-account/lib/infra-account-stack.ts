import { BootstraplessSynthesizer, type CfnElement, CfnOutput, Stack } from 'aws-cdk-lib';
import { type Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import { Alarms } from './alarms.ts';
import { ApplyPayloadComponent } from './apply-payload-component.ts';
import { type HandlerName } from './bundle-handler.ts';
import { FailureQueue } from './failure-queue.ts';
import { FanOut } from './fan-out.ts';
import { ImagePipeline } from './image-pipeline.ts';
import { defineParameters, parameterGroups } from './parameters.ts';
import { ParentWatch } from './parent-watch.ts';
import { PayloadBucket } from './payload-bucket.ts';
import { PayloadQueue } from './payload-queue.ts';
import { StartBuild, startBuildTimeoutSeconds } from './start-build.ts';
import { StateTable } from './state-table.ts';
import { Topics } from './topics.ts';

interface InfraAccountStackProps {
  /** The source of a handler's inline function, by the handler's name. */
  readonly handlerCode: (name: HandlerName) => string;
}

const takesDefaults =
  'The check takes empty defaults of parameters for their only values and conditions for constant; cfn-lint, which does not, has no complaint.';

/** Everything of the product that lives in the infra account's home Region. */
export class InfraAccountStack extends Stack {
  constructor(scope: Construct, id: string, props: InfraAccountStackProps) {
    super(scope, id, {
      description:
        'Golden images: an uploaded payload becomes an image that the accounts of an organization may use.',
      synthesizer: new BootstraplessSynthesizer(),
    });
    const parameters = defineParameters(this);
    this.groupParameters();
    acknowledge(this, {
      'CloudFormation-Validate::W1001': takesDefaults,
      'CloudFormation-Validate::W1028': takesDefaults,
      'CloudFormation-Validate::W1030': takesDefaults,
      'CloudFormation-Validate::W8003': takesDefaults,
    });

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
    new Alarms(this, 'Alarm', {
      parameters,
      noticesArn: topics.noticesArn,
      startBuild,
      fanOut,
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
    this.output('BuildLogGroup', pipeline.logGroupName, 'Logs of the builds');
  }

  /** Logical ids without a hash: people meet them in the console, in events and in error messages. */
  protected override allocateLogicalId(element: CfnElement): string {
    return element.node.path.split('/').slice(1).join('');
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }

  private groupParameters(): void {
    this.templateOptions.metadata = {
      'AWS::CloudFormation::Interface': {
        ParameterGroups: parameterGroups.map(({ label, parameters }) => ({
          Label: { default: label },
          Parameters: parameters,
        })),
      },
    };
  }
}
