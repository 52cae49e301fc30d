import { autoscaling } from './services/autoscaling/operations.ts';
import { cloudformation } from './services/cloudformation/operations.ts';
import { cloudwatch } from './services/cloudwatch/operations.ts';
import { dynamodb } from './services/dynamodb/operations.ts';
import { ec2 } from './services/ec2/operations.ts';
import { ecs } from './services/ecs/operations.ts';
import { events } from './services/events/operations.ts';
import { identityPolicies } from './services/iam/identity-policies.ts';
import { iam } from './services/iam/operations.ts';
import { imagebuilder } from './services/imagebuilder/operations.ts';
import { kms } from './services/kms/operations.ts';
import { lambda } from './services/lambda/operations.ts';
import { logs } from './services/logs/operations.ts';
import { organizations } from './services/organizations/operations.ts';
import { s3 } from './services/s3/operations.ts';
import { scheduler } from './services/scheduler/operations.ts';
import { sns } from './services/sns/operations.ts';
import { sqs } from './services/sqs/operations.ts';
import { ssm } from './services/ssm/operations.ts';
import { stepfunctions } from './services/stepfunctions/operations.ts';
import { sts } from './services/sts/operations.ts';
import type { ServiceDefinition } from './world/service.ts';
import { World, type WorldSettings } from './world/world.ts';

/** Every service of the embedded AWS. */
export const services: readonly ServiceDefinition[] = [
  autoscaling,
  cloudformation,
  cloudwatch,
  dynamodb,
  ec2,
  ecs,
  events,
  iam,
  imagebuilder,
  kms,
  lambda,
  logs,
  organizations,
  s3,
  scheduler,
  sns,
  sqs,
  ssm,
  stepfunctions,
  sts,
];

/** Makes an embedded AWS without accounts. */
export const createWorld = (settings: Partial<WorldSettings> = {}): World =>
  new World({ settings, services, identityPolicies });
