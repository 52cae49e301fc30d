import * as client from '@aws-sdk/client-ssm';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck, type ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { parameterArn } from './parameter-arn.ts';
import { publicParameter } from './public-parameters.ts';
import { ssmResources } from './resources.ts';
import { ssmState, type Parameter } from './state.ts';
import { addTagsCheck, tagOperations } from './tags.ts';

const publicPrefix = '/aws/';
const nameLengthMax = 2048; // SSM PutParameter, "Name": 1 to 2048 characters
const standardValueBytesMax = 4096; // SSM standard parameters: 4 KB

const toName = (nameOrArn: string | undefined): string => {
  const name = nameOrArn ?? '';
  const arn = /^arn:aws:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(name);
  return arn?.[1] ?? name;
};

const checkFor =
  (action: string) =>
  (input: { Name?: string | undefined }, call: Call): AccessCheck => ({
    action,
    resource: parameterArn(call, toName(input.Name)),
  });

function find(scope: Scope, nameOrArn: string): Parameter | undefined {
  const name = toName(nameOrArn);
  return name.startsWith(publicPrefix)
    ? publicParameter(scope, name)
    : ssmState.in(scope).parameters.get(name);
}

const notFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

const describe = (scope: Scope, parameter: Parameter): client.Parameter => ({
  Name: parameter.name,
  Type: parameter.type,
  Value: parameter.value,
  Version: parameter.version,
  LastModifiedDate: parameter.modifiedAt,
  ARN: parameterArn(scope, parameter.name),
  DataType: parameter.dataType,
});

const getParameter = operation<
  client.GetParameterCommandInput,
  Partial<client.GetParameterCommandOutput>
>({
  authorize: checkFor('ssm:GetParameter'),
  run(input, call) {
    const parameter = find(call, input.Name ?? '');
    if (!parameter) throw notFound(input.Name ?? '');
    return { Parameter: describe(call, parameter) };
  },
});

const getParameters = operation<
  client.GetParametersCommandInput,
  Partial<client.GetParametersCommandOutput>
>({
  authorize: (input, call) =>
    (input.Names ?? []).map((name) => ({
      action: 'ssm:GetParameters',
      resource: parameterArn(call, toName(name)),
    })),
  run(input, call) {
    const found = (input.Names ?? []).map((name) => ({ name, parameter: find(call, name) }));
    return {
      Parameters: found.flatMap(({ parameter }) => (parameter ? [describe(call, parameter)] : [])),
      InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : [name])),
    };
  },
});

const getParametersByPath = operation<
  client.GetParametersByPathCommandInput,
  Partial<client.GetParametersByPathCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'ssm:GetParametersByPath',
    resource: parameterArn(call, input.Path ?? ''),
  }),
  run(input, call) {
    const prefix = `${(input.Path ?? '').replace(/\/$/, '')}/`;
    const inPath = [...ssmState.in(call).parameters.values()].filter(
      ({ name }) =>
        name.startsWith(prefix) &&
        (input.Recursive === true || !name.slice(prefix.length).includes('/')),
    );
    const page = paginate(call, inPath, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: 10, // SSM GetParametersByPath, "MaxResults": 1 to 10
      invalidToken: 'InvalidNextToken',
    });
    return {
      Parameters: page.items.map((item) => describe(call, item)),
      NextToken: page.nextToken,
    };
  },
});

const putParameter = operation<
  client.PutParameterCommandInput,
  Partial<client.PutParameterCommandOutput>
>({
  authorize: (input, call) => [
    checkFor('ssm:PutParameter')(input, call),
    ...(input.Tags?.length ? [addTagsCheck(call, toName(input.Name), input.Tags)] : []),
  ],
  run(input, call) {
    const name = toName(input.Name);
    const { parameters } = ssmState.in(call);
    const existing = parameters.get(name);
    if (/^\/?(aws|ssm)/i.test(name))
      throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
    if (name.length > nameLengthMax)
      throw new AwsError(
        'ValidationException',
        `the parameter name has ${name.length} characters, at most ${nameLengthMax} are allowed`,
      );
    if (existing && input.Overwrite !== true)
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    if (!existing && input.Type === undefined)
      throw new AwsError(
        'ValidationException',
        'A parameter type is required when you create a parameter.',
      );
    if (existing && input.Tags !== undefined)
      throw new AwsError(
        'ValidationException',
        "Invalid request: tags and overwrite can't be used together.",
      );
    const value = input.Value ?? '';
    if (value === '' || Buffer.byteLength(value) > standardValueBytesMax)
      throw new AwsError(
        'ValidationException',
        `a standard parameter holds 1 to ${standardValueBytesMax} bytes, not ${Buffer.byteLength(value)}`,
      );
    const parameter: Parameter = {
      name,
      type: input.Type ?? existing?.type ?? 'String',
      value,
      version: (existing?.version ?? 0) + 1,
      dataType: input.DataType ?? existing?.dataType ?? 'text',
      description: input.Description ?? existing?.description,
      modifiedAt: call.date,
      modifiedBy: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
      tags:
        existing?.tags ??
        new Map((input.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
    };
    parameters.set(name, parameter);
    return { Version: parameter.version, Tier: 'Standard' };
  },
});

const deleteParameter = operation<
  client.DeleteParameterCommandInput,
  Partial<client.DeleteParameterCommandOutput>
>({
  authorize: checkFor('ssm:DeleteParameter'),
  run(input, call) {
    if (!ssmState.in(call).parameters.delete(toName(input.Name))) throw notFound(input.Name ?? '');
    return {};
  },
});

const describeParameters = operation<
  client.DescribeParametersCommandInput,
  Partial<client.DescribeParametersCommandOutput>
>({
  // DescribeParameters has no resource-level permission.
  authorize: (_, call) => ({ action: 'ssm:DescribeParameters', resource: call.arn('*') }),
  run(input, call) {
    if (input.Filters !== undefined || input.ParameterFilters !== undefined)
      throw new AwsError(
        'InvalidFilterKey',
        'filters of DescribeParameters are not modelled by this emulator',
      );
    const page = paginate(call, ssmState.in(call).parameters.values(), {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: 50, // SSM DescribeParameters, "MaxResults": 1 to 50
      invalidToken: 'InvalidNextToken',
    });
    return {
      Parameters: page.items.map((item) => ({
        Name: item.name,
        ARN: parameterArn(call, item.name),
        Type: item.type,
        LastModifiedDate: item.modifiedAt,
        LastModifiedUser: item.modifiedBy,
        Description: item.description,
        Version: item.version,
        Tier: 'Standard' as const,
        DataType: item.dataType,
      })),
      NextToken: page.nextToken,
    };
  },
});

export const ssm: ServiceDefinition = {
  name: 'ssm',
  model: readServiceModel(client),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  operations: {
    DeleteParameter: deleteParameter,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    PutParameter: putParameter,
    ...tagOperations,
  },
  resources: ssmResources,
};
