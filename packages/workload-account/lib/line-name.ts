import { Aws, Fn } from 'aws-cdk-lib';

import { infraBusName } from '@golden/shared/payload/late-rollback-event.ts';

import { type WorkloadParameters } from './parameters.ts';

/** `golden-<line>-<part>`: a name that the infra account knows without having asked. */
export const lineName = (
  { environmentName }: Pick<WorkloadParameters, 'environmentName'>,
  part: 'handler' | 'invoker',
): string => Fn.join('', ['golden-', environmentName.valueAsString, `-${part}`]);

export const handlerFunctionName = (
  parameters: Pick<WorkloadParameters, 'environmentName'>,
): string => lineName(parameters, 'handler');

/** The bus of the infra account's home Region that hears of late rollbacks. */
export const infraBusArn = ({
  environmentName,
  homeRegion,
  infraAccount,
}: Pick<WorkloadParameters, 'environmentName' | 'homeRegion' | 'infraAccount'>): string =>
  Fn.join(':', [
    'arn',
    Aws.PARTITION,
    'events',
    homeRegion.valueAsString,
    infraAccount.valueAsString,
    `event-bus/${infraBusName(environmentName.valueAsString)}`,
  ]);
