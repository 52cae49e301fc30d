import { makeEbsDefaults } from '@golden/shared/aws/ebs-defaults.ts';
import type { EbsDefaults } from '@golden/shared/aws/ebs-defaults.ts';
import { makeEc2Clients } from '@golden/shared/aws/ec2-clients.ts';
import { imageBuilderClientIn, makeImageBuilder } from '@golden/shared/aws/image-builder.ts';
import type { ImageBuilderPort } from '@golden/shared/aws/image-builder.ts';
import { makeNotices, snsClientIn } from '@golden/shared/aws/notices.ts';
import { makeParentImages, ssmClientIn } from '@golden/shared/aws/parent-images.ts';
import type { ParentImages } from '@golden/shared/aws/parent-images.ts';
import { makePayloadStore, s3ClientIn } from '@golden/shared/aws/payload-store.ts';
import type { PayloadStore } from '@golden/shared/aws/payload-store.ts';
import { makeRootDevices } from '@golden/shared/aws/root-devices.ts';
import type { RootDevices } from '@golden/shared/aws/root-devices.ts';
import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { NoticeDeps } from '@golden/shared/store/settle-notice.ts';
import { makeVersionStore } from '@golden/shared/store/version-store.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends NoticeDeps {
  config: Config;
  payloads: PayloadStore;
  parents: ParentImages;
  ebsDefaults: EbsDefaults;
  rootDevices: RootDevices;
  imageBuilder: ImageBuilderPort;
}

/** The real ones: made once per execution environment, all in the home Region but the EBS questions. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  const region = config.AWS_REGION;
  const ec2In = makeEc2Clients();
  const table = makeTable(dynamoClientIn(region), config.TABLE_NAME);
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    versions: makeVersionStore(table, config.LINE),
    payloads: makePayloadStore(s3ClientIn(region)),
    parents: makeParentImages(ssmClientIn(region)),
    ebsDefaults: makeEbsDefaults(ec2In),
    rootDevices: makeRootDevices(ec2In(region)),
    imageBuilder: makeImageBuilder(imageBuilderClientIn(region), {
      pipelineArn: config.PIPELINE_ARN,
      recipeName: config.IMAGE_RECIPE_NAME,
      componentArn: config.COMPONENT_ARN,
    }),
    notices: makeNotices(snsClientIn(region), {
      topicArn: config.NOTICES_TOPIC_ARN,
      line: config.LINE,
    }),
  };
};
