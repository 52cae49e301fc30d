/** What an account with the customer's stack and the workload template has. */
const inWorkload = [
  'identity stacks stack-events stack-resources functions roles rules groups refreshes activities',
  'shared-images launch-template-versions instances network clusters services tasks',
  'container-instances log-events alarms metrics',
].flatMap((words) => words.split(' '));
/** Which looks find something in each account, and which are refused. */
export const expectedSights: Readonly<
  Record<string, { has: string[]; refused: Record<string, string[]> }>
> = {
  management: {
    has: ['identity', 'roles', 'accounts', 'units', 'delegated-administrators', 'shared-images'],
    // The StackSet is administered by somebody else.
    refused: { 'stack-instances': ['error ValidationError'] },
  },
  infra: {
    has: [
      'identity stacks stack-events stack-resources stack-instances executions execution-events map-runs',
      'objects items functions event-source-mappings roles parameters topics subscriptions queues rules',
      'schedules keys accounts units delegated-administrators own-images shared-images snapshots network',
      'image-builder builds log-events alarms metrics',
    ].flatMap((words) => words.split(' ')),
    refused: {},
  },
  ...Object.fromEntries(
    ['workload-1', 'workload-2'].map((name) => [
      name,
      {
        has: inWorkload,
        refused: {
          'stack-instances': ['error ValidationError'],
          ...Object.fromEntries(
            ['accounts', 'units', 'delegated-administrators'].map((look) => [
              look,
              ['error AccessDeniedException'],
            ]),
          ),
        },
      },
    ]),
  ),
};

/** Code and class of each error, as boto3 makes them. Source: the error shapes of botocore's models, the API references. */
export const errorsOfBoto3: Readonly<Record<string, string>> = {
  'condition does not hold': 'ConditionalCheckFailedException ConditionalCheckFailedException',
  'no image id': 'InvalidAMIID.Malformed ClientError',
  'no such bucket': 'NoSuchBucket NoSuchBucket',
  'no such build': 'ResourceNotFoundException ResourceNotFoundException',
  'no such cluster': 'ClusterNotFoundException ClusterNotFoundException',
  'no such execution': 'ExecutionDoesNotExist ExecutionDoesNotExist',
  'no such function': 'ResourceNotFoundException ResourceNotFoundException',
  'no such group': 'ValidationError ClientError',
  'no such image': 'InvalidAMIID.NotFound ClientError',
  'no such instance': 'InvalidInstanceID.NotFound ClientError',
  'no such key': 'NoSuchKey NoSuchKey',
  'no such key of KMS': 'NotFoundException NotFoundException',
  'no such key, only asked for': '404 ClientError',
  'no such launch template': 'InvalidLaunchTemplateName.NotFoundException ClientError',
  'no such log group': 'ResourceNotFoundException ResourceNotFoundException',
  'no such parameter': 'ParameterNotFound ParameterNotFound',
  'no such queue': 'AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist',
  'no such role': 'NoSuchEntity NoSuchEntityException',
  'no such rule': 'ResourceNotFoundException ResourceNotFoundException',
  'no such schedule': 'ResourceNotFoundException ResourceNotFoundException',
  'no such stack': 'ValidationError ClientError',
  'no such stack set': 'StackSetNotFoundException StackSetNotFoundException',
  'no such table': 'ResourceNotFoundException ResourceNotFoundException',
  'no such topic': 'NotFound NotFoundException',
  'operation that is not modelled': 'NotImplemented ClientError',
  'organization, for a member': 'AccessDeniedException AccessDeniedException',
  'role that nobody may assume': 'AccessDenied ClientError',
  'service that is not modelled': 'UnknownService ClientError',
  'service that is not modelled, query': 'UnknownService ClientError',
  'service that is not modelled, REST with XML': 'UnknownService ClientError',
  'unknown key, EC2': 'AuthFailure ClientError',
  'unknown key, JSON': 'UnrecognizedClientException ClientError',
  'unknown key, S3': 'InvalidAccessKeyId ClientError',
  'unknown key, query': 'InvalidClientTokenId ClientError',
};
