import { CfnDeletionPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** The attribute by which DynamoDB drops rows that nobody needs any more (epoch seconds). */
const expiryAttribute = 'expiresAt';

/**
 * The one table of the product. It has no name, so that a kept table never blocks a stack that is deployed again;
 * a new stack begins with an empty table and goes on counting from the recipes that exist.
 */
export class StateTable extends Construct {
  readonly tableName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new CfnTable(this, 'Table', {
      attributeDefinitions: [
        { attributeName: 'pk', attributeType: 'S' },
        { attributeName: 'sk', attributeType: 'S' },
      ],
      keySchema: [
        { attributeName: 'pk', keyType: 'HASH' },
        { attributeName: 'sk', keyType: 'RANGE' },
      ],
      billingMode: 'PAY_PER_REQUEST',
      timeToLiveSpecification: { attributeName: expiryAttribute, enabled: true },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true },
    });
    table.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    table.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.tableName = table.ref;
    this.arn = table.attrArn;
  }
}
