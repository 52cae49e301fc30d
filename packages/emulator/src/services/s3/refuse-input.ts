import { AwsError } from '../../world/aws-error.ts';
import {
  firstProblem,
  lastMember,
  printedValue,
  topMember,
  type InputProblem,
} from '../../world/input-problem.ts';
import { invalidArgument, malformedXml } from './errors.ts';

/** What S3 says of a wrong value in a header or in the query, where users report it. */
const sentences: Readonly<Record<string, string>> = {
  'encoding-type': 'Invalid Encoding Method specified in Request',
  'x-amz-copy-source': 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
  'x-amz-metadata-directive': 'Unknown metadata directive.',
  'x-amz-server-side-encryption': 'The encryption method specified is not supported',
  'x-amz-tagging-directive': 'Unknown tagging directive.',
};

/**
 * S3 names one problem at a time: a body that does not fit its schema is `MalformedXML` whatever is wrong in it, a
 * header or a query parameter `InvalidArgument` (source: S3 API reference, "Error responses").
 */
export function refuseInput(problems: readonly InputProblem[]): AwsError {
  const problem = firstProblem(problems);
  const { location, name: memberName } = topMember(problem);
  if (location === undefined || location.in === 'payload') return wrongBody(problem);
  const name = 'name' in location ? location.name : memberName;
  if (problem.rule === 'required')
    return new AwsError('InvalidRequest', `Missing required header or parameter: ${name}`);
  if (name === 'x-amz-storage-class')
    return new AwsError('InvalidStorageClass', 'The storage class you specified is not valid');
  return invalidArgument(
    sentences[name] ?? `Invalid value '${printedValue(problem.part)}' for ${name}: ${problem.says}`,
  );
}

function wrongBody(problem: InputProblem): AwsError {
  if (problem.rule === 'required' && problem.path.length === 1)
    return new AwsError('MissingRequestBodyError', 'Request Body is empty');
  // S3 API reference, PutBucketNotificationConfiguration, errors.
  if (lastMember(problem) === 'Events')
    return invalidArgument('A specified event is not supported for notifications.');
  return malformedXml(`${lastMember(problem)}: ${problem.says}`);
}
