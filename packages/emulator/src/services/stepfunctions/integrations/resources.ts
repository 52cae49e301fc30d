/** An integration that this emulator carries out, as the `Resource` of a Task names it. */
export interface ModelledResource {
  /** As history events state it, e.g. `lambda` or `aws-sdk:dynamodb`. */
  readonly resourceType: string;
  /** e.g. `invoke` */
  readonly resource: string;
  readonly service: 'lambda' | 'dynamodb' | 'sns' | 'sqs' | 'events' | 'ssm';
  /** Optimized integrations name their errors and shape their results in their own way. */
  readonly isOptimized: boolean;
}

/** Source: Step Functions Developer Guide, "Integrating optimized services". */
const optimized: Readonly<Record<string, readonly string[]>> = {
  lambda: ['invoke'],
  dynamodb: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  sns: ['publish'],
  sqs: ['sendMessage'],
  events: ['putEvents'],
};

/** Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations"; only simple operations. */
const sdk: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['putItem', 'updateItem', 'deleteItem'],
  sns: ['publish'],
  sqs: ['sendMessage'],
  ssm: ['getParameter', 'putParameter', 'deleteParameter'],
};

const services = new Map<string, ModelledResource['service']>([
  ['lambda', 'lambda'],
  ['dynamodb', 'dynamodb'],
  ['sns', 'sns'],
  ['sqs', 'sqs'],
  ['events', 'events'],
  ['ssm', 'ssm'],
]);

/** The integration behind a `Resource`; request and response only, so `.sync` and `.waitForTaskToken` name none. */
export function findResource(arn: string): ModelledResource | undefined {
  const [, isSdk, serviceName = '', resource = ''] =
    /^arn:aws:states:::(aws-sdk:)?([a-z]+):([A-Za-z]+)$/.exec(arn) ?? [];
  const isOptimized = isSdk === undefined;
  const service = services.get(serviceName);
  if (!service || !(isOptimized ? optimized : sdk)[serviceName]?.includes(resource))
    return undefined;
  return {
    resourceType: isOptimized ? serviceName : `aws-sdk:${serviceName}`,
    resource,
    service,
    isOptimized,
  };
}

export const isModelledResource = (arn: string): boolean => findResource(arn) !== undefined;

/** The name of the operation behind an integration, e.g. `PutItem`. */
export const operationOf = ({ resource }: ModelledResource): string =>
  resource.charAt(0).toUpperCase() + resource.slice(1);
