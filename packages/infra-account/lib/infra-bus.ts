import { CfnEventBus, CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { allow } from '@golden/constructs/policy.ts';
import {
  infraBusName,
  lateRollbackDetailType,
  lineEventSource,
} from '@golden/shared/payload/late-rollback-event.ts';

import { type InfraParameters } from './parameters.ts';

/**
 * The bus on which workload accounts say what nobody asked them. Accounts of the organization may put one kind of event on it.
 * Its name is fixed: a workload stack knows account, Region and line, and nothing else of this stack.
 */
export class InfraBus extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { environmentName, awsOrgId }: InfraParameters) {
    super(scope, id);
    const line = environmentName.valueAsString;
    const bus = new CfnEventBus(this, 'Bus', {
      name: infraBusName(line),
      description: 'What the workload accounts of an image line tell the infra account',
    });
    this.name = bus.ref;
    this.arn = bus.attrArn;
    const { Sid, ...statement } = allow({
      sid: 'OrganizationTells',
      principal: '*',
      actions: ['events:PutEvents'],
      resources: [bus.attrArn],
      conditions: {
        StringEquals: {
          'aws:PrincipalOrgID': awsOrgId.valueAsString,
          'events:detail-type': lateRollbackDetailType,
        },
        // The key has several values, and a condition on all of them holds for none as well.
        // Source: EventBridge User Guide, "Example policy: Send events to a custom bus in a different account".
        'ForAllValues:StringEquals': { 'events:source': lineEventSource(line) },
        Null: { 'events:source': 'false' },
      },
    }).template;
    new CfnEventBusPolicy(this, 'Policy', {
      eventBusName: bus.ref,
      statementId: Sid,
      statement,
    });
  }
}
