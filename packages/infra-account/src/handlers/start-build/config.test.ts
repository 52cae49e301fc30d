import { describe, expect, it } from '@jest/globals';
import { aPipelineArn, anAmi } from '@golden/shared/model/test-builders.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { configSchema } from './config.ts';

const environment = {
  AWS_REGION: 'eu-west-1',
  LINE: 'prod',
  TABLE_NAME: 'golden-prod',
  NOTICES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:notices',
  PIPELINE_ARN: aPipelineArn,
  IMAGE_RECIPE_NAME: 'golden-prod',
  DISTRIBUTION_REGIONS: 'eu-west-1,us-east-1',
  PAYLOAD_BUCKET: 'golden-payloads',
  PAYLOAD_PREFIX: 'payloads/',
  COMPONENT_ARN: 'arn:aws:imagebuilder:eu-west-1:111122223333:component/apply-payload/1.0.0/1',
  PARENT_IMAGE: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  PATH: '/usr/bin',
};

describe('the configuration of start-build', () => {
  it('is read from the environment', () => {
    expect(readConfig(configSchema, environment)).toMatchObject({
      LINE: 'prod',
      DISTRIBUTION_REGIONS: ['eu-west-1', 'us-east-1'],
      AMI_KMS_KEY_ID: '',
    });
  });

  it('takes a fixed AMI as the parent', () => {
    const fixed = { ...environment, PARENT_IMAGE: anAmi() };
    expect(readConfig(configSchema, fixed).PARENT_IMAGE).toBe(anAmi());
  });

  it.each(['LINE', 'PIPELINE_ARN', 'PARENT_IMAGE', 'PAYLOAD_PREFIX', 'DISTRIBUTION_REGIONS'])(
    'is refused with a wrong %s',
    (name) => {
      const wrong = { ...environment, [name]: '?' };
      expect(() => readConfig(configSchema, wrong)).toThrow(new RegExp(`: ${name}`));
    },
  );
});
