import { Aws, Fn } from 'aws-cdk-lib';

import { allow, type Statement } from '@golden/constructs/policy.ts';

import { type ImagePipeline } from './image-pipeline.ts';
import { type InfraParameters } from './parameters.ts';
import { type StateTable } from './state-table.ts';
import { type Topics } from './topics.ts';

interface LineEnvironmentProps {
  readonly parameters: InfraParameters;
  readonly table: StateTable;
  readonly topics: Topics;
  readonly pipeline: ImagePipeline;
}

/** The environment variables that every handler of a line has. */
export const lineEnvironment = ({ parameters, table, topics, pipeline }: LineEnvironmentProps) => ({
  LINE: parameters.environmentName.valueAsString,
  TABLE_NAME: table.tableName,
  NOTICES_TOPIC_ARN: topics.noticesArn,
  PIPELINE_ARN: pipeline.arn,
  IMAGE_RECIPE_NAME: pipeline.recipeName,
  DISTRIBUTION_REGIONS: distributionRegions(parameters),
});

/** `home,second,...`: each further Region brings its own comma, so that none is left over. */
const distributionRegions = ({ otherRegions }: InfraParameters): string =>
  Fn.join('', [
    Aws.REGION,
    ...otherRegions.map(({ parameter, isUsed }) =>
      Fn.conditionIf(isUsed.logicalId, Fn.join('', [',', parameter.valueAsString]), '').toString(),
    ),
  ]);

export type TableAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'Query' | 'BatchWriteItem';

export const useStateTable = (table: StateTable, actions: readonly TableAction[]): Statement =>
  allow({
    sid: 'UseStateTable',
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.arn],
  });
