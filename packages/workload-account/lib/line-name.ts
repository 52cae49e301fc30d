import { Fn } from 'aws-cdk-lib';

import { type WorkloadParameters } from './parameters.ts';

/** `golden-<line>-<part>`: a name that the infra account knows without having asked. */
export const lineName = (
  { environmentName }: Pick<WorkloadParameters, 'environmentName'>,
  part: 'handler' | 'invoker',
): string => Fn.join('', ['golden-', environmentName.valueAsString, `-${part}`]);

export const handlerFunctionName = (
  parameters: Pick<WorkloadParameters, 'environmentName'>,
): string => lineName(parameters, 'handler');
