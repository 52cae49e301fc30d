import { BootstraplessSynthesizer, type CfnElement, CfnOutput, Stack } from 'aws-cdk-lib';
import { type Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import { type ParameterGroup } from './parameters-page.ts';

interface PlainStackProps {
  readonly description: string;
  /** The groups in which the CloudFormation console shows the parameters. */
  readonly parameterGroups: readonly ParameterGroup[];
}

const takesDefaults =
  'The check takes empty defaults of parameters for their only values and conditions for constant; cfn-lint, which does not, has no complaint.';

/** A stack whose template needs nothing but itself and is read by people: no bootstrap, no hashes in names. */
export abstract class PlainStack extends Stack {
  constructor(scope: Construct, id: string, { description, parameterGroups }: PlainStackProps) {
    super(scope, id, { description, synthesizer: new BootstraplessSynthesizer() });
    this.templateOptions.metadata = {
      'AWS::CloudFormation::Interface': {
        ParameterGroups: parameterGroups.map(({ label, parameters }) => ({
          Label: { default: label },
          Parameters: parameters,
        })),
      },
    };
    acknowledge(this, {
      'CloudFormation-Validate::W1001': takesDefaults,
      'CloudFormation-Validate::W1028': takesDefaults,
      'CloudFormation-Validate::W1030': takesDefaults,
      'CloudFormation-Validate::W8003': takesDefaults,
    });
  }

  /** Logical ids without a hash: people meet them in the console, in events and in error messages. */
  protected override allocateLogicalId(element: CfnElement): string {
    return element.node.path.split('/').slice(1).join('');
  }

  protected output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
