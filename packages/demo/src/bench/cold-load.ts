import { createRequire } from 'node:module';

/* Loads one bundle in a fresh process and prints the milliseconds that it took. What it needs at start is in place. */

const file = process.argv[2] ?? '';
Object.assign(process.env, {
  AWS_REGION: 'eu-west-1',
  LINE: 'golden',
  TABLE_NAME: 'table',
  NOTICES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:notices',
  PIPELINE_ARN: 'arn:aws:imagebuilder:eu-west-1:111122223333:image-pipeline/golden',
  IMAGE_RECIPE_NAME: 'golden',
  DISTRIBUTION_REGIONS: 'eu-west-1',
  BUILD_LOG_GROUP: '/aws/imagebuilder/golden',
  PAYLOAD_BUCKET: 'payloads',
  PAYLOAD_PREFIX: 'payloads/',
  COMPONENT_ARN: 'arn:aws:imagebuilder:eu-west-1:111122223333:component/apply-payload/1.0.0/1',
  PARENT_IMAGE: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  PARTITION: 'aws',
  INFRA_ACCOUNT: '111122223333',
  IMAGE_PREFIX: 'golden',
  ALARM_NAME: 'ecs-errors',
  SIGNAL_LOG_GROUP: 'ecs-errors',
  BAKE_SECONDS: '1800',
  WARMUP_SECONDS: '300',
  REGISTRATION_GRACE_SECONDS: '300',
  LATE_ROLLBACK_WINDOW_HOURS: '24',
  ALLOW_UNRELEASED: 'false',
  MANAGE_KMS_GRANTS: 'true',
  INFRA_BUS_ARN: 'arn:aws:events:eu-west-1:111122223333:event-bus/golden-golden',
  ROLLOUT_MACHINE_ARN: 'arn:aws:states:eu-west-1:111122223333:stateMachine:golden-golden-rollout',
  STABLE_PARAMETER: '/golden/golden/stable',
  LISTS_BUCKET: 'payloads',
  STACK_SET_NAME: 'golden-golden-workload',
  WAVES: '1,10%,50%,100%',
  FAILURE_BUDGET: '0',
  CANARY_ACCOUNTS: '',
  WAVE_BAKE_MINUTES: '30',
  REFRESH_TIMEOUT_MINUTES: '1440',
  ROLLBACK_TIMEOUT_MINUTES: '240',
});
const startedAt = performance.now();
createRequire(import.meta.url)(file);
console.log((performance.now() - startedAt).toFixed(1));
