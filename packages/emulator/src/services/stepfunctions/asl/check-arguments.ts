import type { FieldReader } from './field-reader.ts';
import { isJsonObject } from './json-kinds.ts';

/** Source: Step Functions Developer Guide, "Invoke an AWS Lambda function with Step Functions". */
const lambdaInvoke = 'arn:aws:states:::lambda:invoke';
const modelled = ['FunctionName', 'InvocationType', 'Payload', 'Qualifier'] as const;
const unmodelled = ['ClientContext', 'LogType'] as const;

/** Reports arguments that AWS refuses when the machine is created; those that come from an expression are seen later. */
export const checkArguments = (task: FieldReader, resource: string): void => {
  if (resource !== lambdaInvoke) return;
  const { problems } = task;
  const location = task.at('Arguments');
  const given = task.get('Arguments') ?? {};
  if (!isJsonObject(given)) return;
  if (!Object.hasOwn(given, 'FunctionName'))
    problems.schema("The field 'FunctionName' is required but was missing", location);
  for (const name of Object.keys(given)) {
    if (unmodelled.some((known) => known === name)) problems.unmodelled(name, location);
    else if (!modelled.some((known) => known === name))
      problems.schema(`The field '${name}' is not supported by Step Functions`, location);
  }
};
