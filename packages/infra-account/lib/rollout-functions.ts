import { Aws, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow, type Statement } from '@golden/constructs/policy.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { type HandlerName } from './handler-code.ts';
import { type ImagePipeline } from './image-pipeline.ts';
import { handlerConstructId, type StepFunction, stepTimeoutSeconds } from './invoke-task.ts';
import { lineEnvironment, type TableAction, useStateTable } from './line-handler.ts';
import { type InfraParameters } from './parameters.ts';
import { type PayloadBucket, rolloutPrefix } from './payload-bucket.ts';
import { rolloutArn } from './rollout-names.ts';
import { moveStable, stableParameterName } from './stable-parameter.ts';
import { type StateTable } from './state-table.ts';
import { type Topics } from './topics.ts';
import { workloadStackSetName } from './workload-stack-set.ts';

/** The functions that only the state machine invokes. */
type RolloutFunctionName = Exclude<StepFunction, 'reach-account'>;

export type RolloutFunctions = Readonly<Record<RolloutFunctionName, HandlerFunction>>;

interface RolloutFunctionsProps {
  readonly parameters: InfraParameters;
  readonly code: (name: HandlerName) => string;
  readonly bucket: PayloadBucket;
  readonly table: StateTable;
  readonly topics: Topics;
  readonly pipeline: ImagePipeline;
}

/** What one of them is and has, besides its log, the table and the environment of the line. */
interface RolloutFunction {
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly tableActions: readonly TableAction[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly statements?: readonly Statement[];
}

/** Makes the functions of the rollout, each with a role of its own. */
export const makeRolloutFunctions = (
  scope: Construct,
  props: RolloutFunctionsProps,
): RolloutFunctions => {
  const specifications = rolloutFunctions(props);
  const make = (name: RolloutFunctionName): HandlerFunction => {
    const { description, memoryMegabytes, tableActions, environment, statements } =
      specifications[name];
    return new HandlerFunction(new Construct(scope, handlerConstructId(name)), 'Handler', {
      description,
      code: props.code(name),
      timeoutSeconds: stepTimeoutSeconds[name],
      memoryMegabytes,
      environment: { ...lineEnvironment(props), ...environment },
      statements: [useStateTable(props.table, tableActions), ...(statements ?? [])],
      logRetentionDays: props.parameters.logRetentionDays,
    });
  };
  return {
    'acquire-line': make('acquire-line'),
    'list-targets': make('list-targets'),
    'steer-target': make('steer-target'),
    'plan-rollout': make('plan-rollout'),
    'gate-wave': make('gate-wave'),
    'judge-wave': make('judge-wave'),
    'finish-rollout': make('finish-rollout'),
  };
};

const rolloutFunctions = ({
  parameters,
  bucket,
  topics,
}: RolloutFunctionsProps): Readonly<Record<RolloutFunctionName, RolloutFunction>> => {
  const { rollout, conditions } = parameters;
  const lists = { LISTS_BUCKET: bucket.bucketName };
  const writeLists = allow({
    sid: 'WriteLists',
    actions: ['s3:PutObject'],
    resources: [bucket.objects(rolloutPrefix)],
    wildcardReason: 'Keys begin with the id of a rollout that is still to come.',
  });
  // Both bring rollouts to their end: the second its own, the first those whose execution died.
  const settle = {
    environment: { STABLE_PARAMETER: stableParameterName(parameters) },
    statements: [moveStable(parameters), ...topics.publishNotices()],
  };
  return {
    'acquire-line': {
      description: 'Gives the line to one rollout at a time',
      memoryMegabytes: 512,
      tableActions: ['GetItem', 'PutItem', 'UpdateItem', 'Query'],
      environment: settle.environment,
      statements: [
        ...settle.statements,
        allow({
          sid: 'SeeWhetherHolderRuns',
          actions: ['states:DescribeExecution'],
          resources: [rolloutArn(parameters, { kind: 'execution', rest: ':*' })],
          wildcardReason: 'All executions of one state machine.',
        }),
      ],
    },
    'list-targets': {
      description: 'Lists every account and Region that an image may go to',
      memoryMegabytes: 512,
      tableActions: ['GetItem', 'Query', 'BatchWriteItem'],
      environment: {
        ...lists,
        STACK_SET_NAME: Fn.conditionIf(
          conditions.hasWorkloadUnits.logicalId,
          workloadStackSetName(parameters),
          '',
        ).toString(),
      },
      statements: [
        writeLists,
        allowEverywhere({
          sid: 'ReadOrganization',
          actions: [
            'organizations:ListAccounts',
            'organizations:DescribeOrganization',
            // By it CloudFormation finds out that the account is a delegated administrator.
            'organizations:ListDelegatedAdministrators',
          ],
        }),
        // The StackSet is the management account's, also where a delegated administrator made it.
        allow({
          sid: 'SeeWhoHasTheStack',
          actions: ['cloudformation:ListStackInstances'],
          resources: [
            Fn.join('', [
              `arn:${Aws.PARTITION}:cloudformation:${Aws.REGION}:*:stackset/`,
              workloadStackSetName(parameters),
              ':*',
            ]),
          ],
          wildcardReason:
            'One StackSet; it belongs to the management account, which need not be known here, and CloudFormation makes up its id.',
        }),
      ],
    },
    'steer-target': {
      description: 'Decides what one target is asked next',
      memoryMegabytes: 256,
      tableActions: ['GetItem', 'PutItem', 'UpdateItem'],
      environment: {
        PARTITION: Aws.PARTITION,
        REFRESH_TIMEOUT_MINUTES: rollout.refreshTimeoutMinutes.valueAsString,
        ROLLBACK_TIMEOUT_MINUTES: rollout.rollbackTimeoutMinutes.valueAsString,
        AMI_KMS_KEY_ID: Fn.conditionIf(
          conditions.encryptsImages.logicalId,
          parameters.amiKmsKeyId.valueAsString,
          Aws.NO_VALUE,
        ).toString(),
      },
    },
    'plan-rollout': {
      description: 'Decides who is moved in which wave',
      memoryMegabytes: 512,
      tableActions: ['GetItem', 'PutItem', 'Query', 'BatchWriteItem'],
      environment: {
        ...lists,
        WAVES: rollout.waves.valueAsString,
        FAILURE_BUDGET: rollout.failureBudget.valueAsString,
        CANARY_ACCOUNTS: Fn.join(',', rollout.canaryAccounts.valueAsList),
      },
      statements: [writeLists],
    },
    'gate-wave': {
      description: 'Decides whether a wave may begin',
      memoryMegabytes: 256,
      tableActions: ['GetItem', 'PutItem'],
    },
    'judge-wave': {
      description: 'Decides whether a rollout goes on after a wave',
      memoryMegabytes: 512,
      tableActions: ['GetItem', 'PutItem', 'Query'],
      environment: { ...lists, WAVE_BAKE_MINUTES: rollout.waveBakeMinutes.valueAsString },
      statements: [writeLists],
    },
    'finish-rollout': {
      description: 'Gives every target of a rollout its outcome and tells people',
      memoryMegabytes: 512,
      tableActions: ['GetItem', 'PutItem', 'UpdateItem', 'Query'],
      ...settle,
    },
  };
};
