/** A constraint that stands in botocore's models and that the services of the emulator are not held to here. */
export interface ConstraintException {
  readonly service: string;
  /** One of botocore's shapes, a structure of the SDK with all that is in it, or one of its members as `Structure.member`. */
  readonly at: string;
  readonly drop: readonly ('min' | 'max' | 'pattern' | 'enum' | 'all')[];
  /** Why, with the source. */
  readonly because: string;
}

const ownError = (code: string): string => `the service checks it and answers ${code}`;

export const constraintExceptions: readonly ConstraintException[] = [
  {
    service: 'dynamodb',
    at: 'AttributeName',
    drop: ['max'],
    because:
      'dynalite, which checks these inputs in the words of DynamoDB, leaves it out; no item can hold a name of 65,536 characters',
  },
  {
    service: 'ec2',
    at: 'ImageNameRequest',
    drop: ['min', 'max'],
    because: ownError('InvalidAMIName.Malformed (EC2 API Reference, "Error codes")'),
  },
  {
    service: 'ec2',
    at: 'LaunchTemplateName',
    drop: ['min', 'max', 'pattern'],
    because: ownError(
      'InvalidLaunchTemplateName.MalformedException, or ...NotFoundException for a name that is looked up',
    ),
  },
  {
    service: 'ec2',
    at: 'RequestLaunchTemplateData',
    drop: ['all'],
    because:
      'EC2 stores what cannot be launched ("parameters are not fully validated when you create the launch template", EC2 user guide)',
  },
  {
    service: 'events',
    at: 'HeaderValue',
    drop: ['pattern'],
    because:
      'on a long row of blanks it runs for ever, and the service refuses HttpParameters anyway, which are not modelled',
  },
  {
    service: 'imagebuilder',
    at: 'TagKey',
    drop: ['pattern'],
    because:
      'it forbids aws:, which CloudFormation sets by the same operations on what it makes; the service refuses it to others',
  },
  {
    service: 'lambda',
    at: 'Runtime',
    drop: ['enum'],
    because: ownError('InvalidParameterValueException'),
  },
  {
    service: 's3',
    at: 'BucketLocationConstraint',
    drop: ['enum'],
    because: ownError('InvalidLocationConstraint or IllegalLocationConstraintException'),
  },
  {
    service: 's3',
    at: 'CopySource',
    drop: ['pattern'],
    because: ownError('InvalidArgument, without the time that the pattern takes on a long text'),
  },
  {
    service: 's3',
    at: 'Tag.Key',
    drop: ['all'],
    because: ownError('InvalidTag (S3 API reference, "Error responses")'),
  },
  {
    service: 'sqs',
    at: 'ReceiveMessageRequest.AttributeNames',
    drop: ['all'],
    because:
      'the model allows the attributes of queues; SQS takes those of messages (SQS API Reference, ReceiveMessage)',
  },
];
