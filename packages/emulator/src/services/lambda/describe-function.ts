import type * as client from '@aws-sdk/client-lambda';
import type { LambdaFunction } from './state.ts';

/** `2026-11-21T08:00:00.000+0000` */
const lambdaTime = (time: number): string => new Date(time).toISOString().replace('Z', '+0000');

export function describeFunction(fn: LambdaFunction): client.FunctionConfiguration {
  const { settings, code } = fn;
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Runtime: settings.runtime,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: code.bytes,
    CodeSha256: code.sha256,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memoryMegabytes,
    LastModified: lambdaTime(fn.modifiedAt),
    Version: '$LATEST',
    ...(settings.deadLetterArn === undefined
      ? {}
      : { DeadLetterConfig: { TargetArn: settings.deadLetterArn } }),
    ...(settings.variables ? { Environment: { Variables: { ...settings.variables } } } : {}),
    TracingConfig: { Mode: settings.tracingMode },
    RevisionId: fn.revisionId,
    ...(fn.state === 'Pending'
      ? {
          State: 'Pending',
          StateReason: 'The function is being created.',
          StateReasonCode: 'Creating',
        }
      : { State: 'Active' }),
    ...(fn.isUpdating
      ? {
          LastUpdateStatus: 'InProgress',
          LastUpdateStatusReason: `The function is being ${fn.state === 'Pending' ? 'created' : 'updated'}.`,
        }
      : { LastUpdateStatus: 'Successful' }),
    PackageType: 'Zip',
    Architectures: [settings.architecture],
    EphemeralStorage: { Size: settings.ephemeralMegabytes },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: settings.logFormat,
      LogGroup: settings.logGroup,
      ...(settings.applicationLogLevel === undefined
        ? {}
        : { ApplicationLogLevel: settings.applicationLogLevel }),
      ...(settings.systemLogLevel === undefined ? {} : { SystemLogLevel: settings.systemLogLevel }),
    },
  };
}
