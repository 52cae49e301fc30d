import { AwsError } from '../../world/aws-error.ts';

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

export const clientError = (message: string): AwsError => new AwsError('ClientException', message);

export const clusterNotFound = (): AwsError =>
  new AwsError('ClusterNotFoundException', 'Cluster not found.');

export const serviceNotFound = (): AwsError =>
  new AwsError('ServiceNotFoundException', 'Service not found.');

export const serviceNotActive = (): AwsError =>
  new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');

/** The code for what this emulator does not model. */
export const notModelledCode = 'InvalidParameterException';

export const notModelled = (what: string): AwsError =>
  new AwsError(notModelledCode, `${what} is not modelled by this emulator`);
