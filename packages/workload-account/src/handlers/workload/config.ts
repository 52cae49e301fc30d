import type { ImageLine } from '@golden/shared/model/ids.ts';
import { imageLine } from '@golden/shared/model/ids.ts';
import { requireShape } from '@golden/shared/payload/shape.ts';

export interface Config {
  region: string;
  line: ImageLine;
  infraAccount: string;
  /** What the names of this line's images begin with. */
  imagePrefix: string;
  /** Empty: found from the instances. */
  clusterName: string;
  /** Empty: groups enrol by tag. */
  groupName: string;
  /** Empty: any launch template. */
  templateId: string;
  alarmName: string;
  signalLogGroup: string;
  /** In the line's home Region. */
  infraBusArn: string;
  bakeSeconds: number;
  warmupSeconds: number;
  registrationGraceSeconds: number;
  lateRollbackWindowHours: number;
  allowsUnreleased: boolean;
  managesGrants: boolean;
}

/**
 * Reads the environment that the template gives this function.
 *
 * @throws PayloadError that names the variable
 */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => {
  const read = (name: string, shape: RegExp): string => {
    const value = environment[name] ?? '';
    requireShape({ [name]: value }, { [name]: shape }, { what: 'environment', isClosed: true });
    return value;
  };
  const text = (name: string): string => read(name, /./);
  const number = (name: string): number => Number(read(name, /^\d{1,6}$/));
  const flag = (name: string): boolean => read(name, /^(true|false)$/) === 'true';
  return {
    region: text('AWS_REGION'),
    line: imageLine(text('LINE')),
    infraAccount: read('INFRA_ACCOUNT', /^\d{12}$/),
    imagePrefix: text('IMAGE_PREFIX'),
    clusterName: read('CLUSTER_NAME', /^/),
    groupName: read('GROUP_NAME', /^/),
    templateId: read('TEMPLATE_ID', /^/),
    alarmName: text('ALARM_NAME'),
    signalLogGroup: text('SIGNAL_LOG_GROUP'),
    infraBusArn: text('INFRA_BUS_ARN'),
    bakeSeconds: number('BAKE_SECONDS'),
    warmupSeconds: number('WARMUP_SECONDS'),
    registrationGraceSeconds: number('REGISTRATION_GRACE_SECONDS'),
    lateRollbackWindowHours: number('LATE_ROLLBACK_WINDOW_HOURS'),
    allowsUnreleased: flag('ALLOW_UNRELEASED'),
    managesGrants: flag('MANAGE_KMS_GRANTS'),
  };
};
