import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';

import { type EcsErrorSignal } from './ecs-error-signal.ts';
import { handlerStatements } from './handler-statements.ts';
import { handlerFunctionName, infraBusArn } from './line-name.ts';
import { valueOr, type WorkloadParameters } from './parameters.ts';

const timeoutSeconds = 300;
const memoryMegabytes = 512;

interface WorkloadHandlerProps {
  readonly parameters: WorkloadParameters;
  readonly code: string;
  readonly signal: EcsErrorSignal;
}

/** The function that the infra account asks to look at this account's groups and to move them. */
export class WorkloadHandler extends Construct {
  readonly handler: HandlerFunction;

  constructor(scope: Construct, id: string, { parameters, code, signal }: WorkloadHandlerProps) {
    super(scope, id);
    const { conditions, fleet } = parameters;
    this.handler = new HandlerFunction(this, 'Handler', {
      functionName: handlerFunctionName(parameters),
      description: 'Moves Auto Scaling groups to an image, and back',
      code,
      timeoutSeconds,
      memoryMegabytes,
      environment: {
        LINE: parameters.environmentName.valueAsString,
        INFRA_ACCOUNT: parameters.infraAccount.valueAsString,
        IMAGE_PREFIX: valueOr(
          conditions.givesPrefix,
          parameters.imagePrefix,
          parameters.environmentName.valueAsString,
        ),
        CLUSTER_NAME: parameters.clusterName.valueAsString,
        GROUP_NAME: parameters.sampleAutoScalingGroup.valueAsString,
        TEMPLATE_ID: parameters.sampleLaunchTemplate.valueAsString,
        ALARM_NAME: signal.alarmName,
        SIGNAL_LOG_GROUP: signal.logGroupName,
        INFRA_BUS_ARN: infraBusArn(parameters),
        BAKE_SECONDS: fleet.BakeSeconds.valueAsString,
        WARMUP_SECONDS: fleet.InstanceWarmupSeconds.valueAsString,
        REGISTRATION_GRACE_SECONDS: fleet.RegistrationGraceSeconds.valueAsString,
        LATE_ROLLBACK_WINDOW_HOURS: fleet.LateRollbackWindowHours.valueAsString,
        ALLOW_UNRELEASED: fleet.AllowUnreleasedTemplateChange.valueAsString,
        MANAGE_KMS_GRANTS: fleet.ManageKmsGrants.valueAsString,
      },
      statements: handlerStatements(parameters, signal),
      logRetentionDays: parameters.logRetentionDays,
    });
  }
}
