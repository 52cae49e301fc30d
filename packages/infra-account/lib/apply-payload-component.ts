import { Aws, CfnDeletionPolicy, Fn } from 'aws-cdk-lib';
import { CfnComponent } from 'aws-cdk-lib/aws-imagebuilder';
import { Construct } from 'constructs';

import { stackSuffix } from '@golden/constructs/stack-suffix.ts';

import { applyPayloadDocument, documentVersionNode } from './apply-payload-document.ts';
import { type InfraParameters } from './parameters.ts';

/**
 * The build component as Image Builder has it.
 *
 * It stays when the stack replaces or loses it: recipes of finished images refer to it, and Image Builder refuses to
 * delete what a recipe refers to. Hence the stack's own suffix in the name, and `ComponentRevision` as the way out when
 * a text comes back that is still there.
 */
export class ApplyPayloadComponent extends Construct {
  /** The build version, `.../component/<name>/<version>/<build>`. */
  readonly arn: string;
  /** Every version of the component, for policies: builds under way may still use the one before. */
  readonly allVersionsArn: string;

  constructor(scope: Construct, id: string, parameters: InfraParameters) {
    super(scope, id);
    const name = Fn.join('-', [
      parameters.environmentName.valueAsString,
      'apply-payload',
      stackSuffix(),
    ]);
    const component = new CfnComponent(this, 'Component', {
      name,
      platform: 'Linux',
      version: Fn.join('.', [
        '1',
        parameters.componentRevision.valueAsString,
        String(documentVersionNode(applyPayloadDocument)),
      ]),
      data: applyPayloadDocument,
    });
    component.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    component.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.arn = component.attrArn;
    this.allVersionsArn = Fn.join('', [
      `arn:${Aws.PARTITION}:imagebuilder:${Aws.REGION}:${Aws.ACCOUNT_ID}:component/`,
      name,
      '/*',
    ]);
  }
}
