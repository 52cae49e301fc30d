import { autoScalingClientIn, makeAutoScaling } from '@golden/shared/aws/auto-scaling.ts';
import type { AutoScalingPort } from '@golden/shared/aws/auto-scaling.ts';
import { ecsClientIn, makeContainerInstances } from '@golden/shared/aws/container-instances.ts';
import type { ContainerInstancesPort } from '@golden/shared/aws/container-instances.ts';
import { cloudWatchClientIn, makeErrorSignal } from '@golden/shared/aws/error-signal.ts';
import type { ErrorSignalPort } from '@golden/shared/aws/error-signal.ts';
import { eventBridgeClientIn, makeInfraBus } from '@golden/shared/aws/infra-bus.ts';
import type { InfraBus } from '@golden/shared/aws/infra-bus.ts';
import { ec2ClientIn, makeLaunchEc2 } from '@golden/shared/aws/launch-ec2.ts';
import type { LaunchEc2Port } from '@golden/shared/aws/launch-ec2.ts';
import { kmsClientIn, makeKeyGrants } from '@golden/shared/aws/key-grants.ts';
import type { KeyGrantsPort } from '@golden/shared/aws/key-grants.ts';
import { logsClientIn } from '@golden/shared/aws/logs-client.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import type { Clock } from '@golden/shared/runtime/clock.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps {
  config: Config;
  clock: Clock;
  log: Log;
  autoScaling: AutoScalingPort;
  ec2: LaunchEc2Port;
  containers: ContainerInstancesPort;
  signal: ErrorSignalPort;
  keys: KeyGrantsPort;
  infraBus: InfraBus;
}

/** The real ones, made once per execution environment, all in the function's own Region but the bus. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(environment);
  const { region, infraBusArn } = config;
  const [, , , busRegion = region] = infraBusArn.split(':');
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    autoScaling: makeAutoScaling(autoScalingClientIn(region)),
    ec2: makeLaunchEc2(ec2ClientIn(region)),
    containers: makeContainerInstances(ecsClientIn(region)),
    signal: makeErrorSignal({ cloudWatch: cloudWatchClientIn(region), logs: logsClientIn(region) }),
    keys: makeKeyGrants(kmsClientIn(region)),
    infraBus: makeInfraBus(eventBridgeClientIn(busRegion), infraBusArn),
  };
};
