import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import { missingParameter } from './errors.ts';

type Data = client.RequestLaunchTemplateData;

/**
 * A new version's data: with a source version its members, where they are not given anew; else only what is given.
 *
 * Source: EC2 API Reference, CreateLaunchTemplateVersion, SourceVersion.
 */
export const inheritData = (source: Data | undefined, given: Data): Data => ({
  ...source,
  ...given,
});

/** Hardly anything is looked at before a launch. Source: EC2 API Reference, CreateLaunchTemplate. */
export function checkData(data: Data | undefined): Data {
  if (data === undefined || Object.keys(data).length === 0)
    throw missingParameter('LaunchTemplateData');
  if (data.InstanceType !== undefined && data.InstanceRequirements !== undefined)
    throw new AwsError(
      'InvalidLaunchTemplateData',
      'InstanceType and InstanceRequirements cannot be specified together.',
    );
  return data;
}

/** The data as EC2 shows it; only who operates a template has other members there than where it is asked for. */
export function shownData(data: Data): client.ResponseLaunchTemplateData {
  const { Operator: operator, ...rest } = data;
  return {
    ...rest,
    ...(operator === undefined ? {} : { Operator: { Managed: true, ...operator } }),
  };
}
