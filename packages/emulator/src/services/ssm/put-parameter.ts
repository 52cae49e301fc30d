import type * as client from '@aws-sdk/client-ssm';
import { AwsError } from '../../world/aws-error.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { nameOf } from './find-parameter.ts';
import { parameterArn } from './parameter-arn.ts';
import { checkNewName } from './parameter-name.ts';
import { ssmState, type Parameter, type ParameterType } from './state.ts';
import { addTagsCheck, withTags } from './tags.ts';

const standardValueBytesMax = 4_096; // Systems Manager quotas, standard parameters: 4 KB
const parametersMax = 10_000; // the same: standard parameters of an account and Region
const versionsMax = 100; // the same: earlier versions of a parameter

export const putParameter = operation<
  client.PutParameterCommandInput,
  Partial<client.PutParameterCommandOutput>
>({
  authorize(input, call) {
    const name = nameOf(call, input.Name ?? '');
    return [
      { action: 'ssm:PutParameter', resource: parameterArn(call, name) },
      ...(input.Tags?.length ? [addTagsCheck(call, name, input.Tags)] : []),
    ];
  },
  run(input, call) {
    refuseUnmodelled(input, ['KeyId', 'Policies'], 'ValidationException');
    if (input.Tier !== undefined && input.Tier !== 'Standard')
      throw invalid(`the tier ${input.Tier} is not modelled by this emulator, only Standard is`);
    const name = nameOf(call, input.Name ?? '');
    checkNewName(name);
    const { parameters, versions } = ssmState.in(call);
    const existing = parameters.get(name);
    checkOverwrite(input, existing, parameters.size);
    const type = typeOf(input, existing);
    const dataType = input.DataType ?? existing?.dataType ?? 'text';
    const value = checkedValue(input, dataType);
    const parameter: Parameter = {
      name,
      type,
      value,
      version: (existing?.version ?? 0) + 1,
      dataType,
      description: input.Description ?? existing?.description,
      allowedPattern: input.AllowedPattern,
      modifiedAt: call.date,
      modifiedBy: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
      tags: existing?.tags ?? withTags(call, new Map(), input.Tags ?? []),
    };
    parameters.set(name, parameter);
    versions.set(name, [...(versions.get(name) ?? []), parameter].slice(-versionsMax));
    return { Version: parameter.version, Tier: 'Standard' };
  },
});

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function checkOverwrite(
  input: client.PutParameterCommandInput,
  existing: Parameter | undefined,
  count: number,
): void {
  if (!existing && count >= parametersMax)
    throw new AwsError(
      'ParameterLimitExceeded',
      `at most ${parametersMax} standard parameters can exist in an account and Region`,
    );
  if (existing && input.Overwrite !== true)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  if (input.Overwrite === true && input.Tags !== undefined)
    throw invalid("Invalid request: tags and overwrite can't be used together.");
}

function typeOf(
  input: client.PutParameterCommandInput,
  existing: Parameter | undefined,
): ParameterType {
  const type = input.Type ?? existing?.type;
  if (type === undefined)
    throw invalid('A parameter type is required when you create a parameter.');
  if (type === 'SecureString')
    throw invalid(
      'the type SecureString is not modelled by this emulator: values are not encrypted',
    );
  if (existing && existing.type !== type)
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `Parameter Store does not change ${existing.name} from ${existing.type} to ${type}. Create another parameter.`,
    );
  return type;
}

/** Source of the rules: SSM API Reference, PutParameter, Value, DataType and AllowedPattern. */
function checkedValue(input: client.PutParameterCommandInput, dataType: string): string {
  const value = input.Value ?? '';
  if (value === '' || Buffer.byteLength(value) > standardValueBytesMax)
    throw invalid(
      `a standard parameter holds 1 to ${standardValueBytesMax} bytes, not ${Buffer.byteLength(value)}`,
    );
  if (value.includes('{{'))
    throw invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`);
  if (dataType === 'aws:ec2:image') {
    if (!/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(value))
      throw invalid(`The value ${value} is no image id, as the data type aws:ec2:image asks for.`);
  } else if (dataType !== 'text')
    throw invalid(`the data type ${dataType} is not modelled by this emulator`);
  checkPattern(value, input.AllowedPattern);
  return value;
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined) return;
  let allowed: RegExp;
  try {
    allowed = new RegExp(`^(?:${pattern})$`);
  } catch (cause) {
    throw new AwsError('InvalidAllowedPatternException', `${pattern} is no regular expression`, {
      cause,
    });
  }
  if (!allowed.test(value))
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
}
