import { Aws, Fn } from 'aws-cdk-lib';
import { CfnStackSet } from 'aws-cdk-lib/aws-cloudformation';
import { Construct } from 'constructs';

import { fleetParameterNames } from '@golden/constructs/fleet-parameters.ts';

import { type InfraParameters } from './parameters.ts';

export const workloadStackSetName = ({ environmentName }: InfraParameters): string =>
  Fn.join('', ['golden-', environmentName.valueAsString, '-workload']);

interface WorkloadStackSetProps {
  readonly parameters: InfraParameters;
  /** The text of the workload template. */
  readonly template: string;
  readonly reachAccountRoleArn: string;
}

/**
 * The workload template in every account of the given units and in every Region that images are distributed to; accounts
 * that join later get it by themselves, with the same parameters.
 *
 * One account that refuses must not roll this stack back, and none waits for another: every failure is tolerated, all
 * accounts and Regions go at once. A target without the stack shows up later as `not-enrolled`, with the reason.
 */
export class WorkloadStackSet extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadStackSetProps) {
    super(scope, id);
    const { parameters, template, reachAccountRoleArn } = props;
    const { conditions, otherRegions } = parameters;
    const line = parameters.environmentName.valueAsString;
    const values: Readonly<Record<string, string>> = {
      EnvironmentName: line,
      HomeRegion: Aws.REGION,
      InfraAccount: Aws.ACCOUNT_ID,
      AWSOrgID: parameters.awsOrgId.valueAsString,
      ReachAccountRoleArn: reachAccountRoleArn,
      LogRetentionDays: parameters.logRetentionDays.valueAsString,
      ...Object.fromEntries(
        fleetParameterNames.map((name) => [name, parameters.fleet[name].valueAsString]),
      ),
    };
    const stackSet = new CfnStackSet(this, 'StackSet', {
      stackSetName: workloadStackSetName(parameters),
      description: 'Golden images: the stack of every workload account and Region',
      permissionModel: 'SERVICE_MANAGED',
      callAs: 'DELEGATED_ADMIN',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      managedExecution: { Active: true },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      templateBody: template,
      parameters: Object.entries(values).map(([parameterKey, parameterValue]) => ({
        parameterKey,
        parameterValue,
      })),
      operationPreferences: {
        failureTolerancePercentage: 100,
        maxConcurrentPercentage: 100,
        concurrencyMode: 'SOFT_FAILURE_TOLERANCE',
        regionConcurrencyType: 'PARALLEL',
      },
      stackInstancesGroup: [
        {
          deploymentTargets: {
            organizationalUnitIds: parameters.workloadOrganizationalUnitIds.valueAsList,
          },
          // The home Region is always among them: there the invoker role is made.
          regions: [
            Aws.REGION,
            ...otherRegions.map(({ parameter, isUsed }) =>
              Fn.conditionIf(isUsed.logicalId, parameter.valueAsString, Aws.NO_VALUE).toString(),
            ),
          ],
        },
      ],
    });
    stackSet.cfnOptions.condition = conditions.hasWorkloadUnits;
  }
}
