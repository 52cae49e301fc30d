import * as client from '@aws-sdk/client-ssm';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import type { Scope } from '../../world/scope.ts';
import type { TokenBucket } from '../../world/throttle.ts';
import { operation, type AccessCheck, type ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { findParameter, nameOf, notFound } from './find-parameter.ts';
import { parameterArn } from './parameter-arn.ts';
import { parseName } from './parameter-name.ts';
import { publicParameters } from './public-parameters.ts';
import { putParameter } from './put-parameter.ts';
import { ssmResources } from './resources.ts';
import { ssmState, type Parameter } from './state.ts';
import { tagOperations } from './tags.ts';
import constraints from './constraints.json' with { type: 'json' };

const checkFor =
  (action: string) =>
  (input: { Name?: string | undefined }, call: Call): AccessCheck => ({
    action,
    resource: parameterArn(call, nameOf(call, input.Name ?? '')),
  });

const describe = (scope: Scope, parameter: Parameter, askedFor = ''): client.Parameter => ({
  Name: parameter.name,
  Selector: selectorOf(askedFor),
  Type: parameter.type,
  Value: parameter.value,
  Version: parameter.version,
  LastModifiedDate: parameter.modifiedAt,
  ARN: parameterArn(scope, parameter.name),
  DataType: parameter.dataType,
});

const selectorOf = (askedFor: string): string | undefined => {
  const { selector } = parseName(askedFor);
  return selector === undefined ? undefined : `:${selector}`;
};

const getParameter = operation<
  client.GetParameterCommandInput,
  Partial<client.GetParameterCommandOutput>
>({
  authorize: checkFor('ssm:GetParameter'),
  run(input, call) {
    const parameter = findParameter(call, input.Name ?? '');
    if (!parameter) throw notFound(input.Name ?? '');
    return { Parameter: describe(call, parameter, input.Name) };
  },
});

const getParameters = operation<
  client.GetParametersCommandInput,
  Partial<client.GetParametersCommandOutput>
>({
  authorize: (input, call) =>
    (input.Names ?? []).map((name) => ({
      action: 'ssm:GetParameters',
      resource: parameterArn(call, nameOf(call, name)),
    })),
  run(input, call) {
    const found = (input.Names ?? []).map((name) => ({ name, parameter: present(call, name) }));
    return {
      Parameters: found.flatMap(({ name, parameter }) =>
        parameter ? [describe(call, parameter, name)] : [],
      ),
      InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : [name])),
    };
  },
});

/** A version that is not there is as unknown here as a name that is not. */
function present(call: Call, name: string): Parameter | undefined {
  try {
    return findParameter(call, name);
  } catch (error) {
    if (isAwsError(error, 'ParameterVersionNotFound')) return undefined;
    throw error;
  }
}

const getParametersByPath = operation<
  client.GetParametersByPathCommandInput,
  Partial<client.GetParametersByPathCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'ssm:GetParametersByPath',
    resource: parameterArn(call, input.Path ?? ''),
  }),
  run(input, call) {
    refuseUnmodelled(input, ['ParameterFilters'], 'InvalidFilterKey');
    if (input.Path?.startsWith('/') !== true)
      throw new AwsError(
        'ValidationException',
        `The path "${input.Path ?? ''}" does not meet the requirements: it begins with a slash.`,
      );
    const prefix = `${input.Path.replace(/\/$/, '')}/`;
    const all = [...ssmState.in(call).parameters.values(), ...publicParameters(call)];
    const inPath = all.filter(
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

const deleteParameter = operation<
  client.DeleteParameterCommandInput,
  Partial<client.DeleteParameterCommandOutput>
>({
  authorize: checkFor('ssm:DeleteParameter'),
  run(input, call) {
    const name = nameOf(call, input.Name ?? '');
    const { parameters, versions } = ssmState.in(call);
    if (!parameters.delete(name)) throw notFound(input.Name ?? '');
    versions.delete(name);
    return {};
  },
});

const summary = (item: Parameter) => ({
  Name: item.name,
  Type: item.type,
  LastModifiedDate: item.modifiedAt,
  LastModifiedUser: item.modifiedBy,
  Description: item.description,
  Version: item.version,
  AllowedPattern: item.allowedPattern,
  Policies: [],
  Tier: 'Standard' as const,
  DataType: item.dataType,
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
        ...summary(item),
        ARN: parameterArn(call, item.name),
      })),
      NextToken: page.nextToken,
    };
  },
});

const getParameterHistory = operation<
  client.GetParameterHistoryCommandInput,
  Partial<client.GetParameterHistoryCommandOutput>
>({
  authorize: checkFor('ssm:GetParameterHistory'),
  run(input, call) {
    const kept = ssmState.in(call).versions.get(nameOf(call, input.Name ?? ''));
    if (!kept) throw notFound(input.Name ?? '');
    const page = paginate(call, kept, {
      keyOf: ({ version }) => numericKey(version),
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: 50, // SSM GetParameterHistory, "MaxResults": 1 to 50
      invalidToken: 'InvalidNextToken',
    });
    return {
      Parameters: page.items.map((item) => ({
        ...summary(item),
        Value: item.value,
        Labels: [],
      })),
      NextToken: page.nextToken,
    };
  },
});

/** Parameter Store's throughput is one for all reads. Source: Systems Manager quotas, "Max throughput", default. */
const reads: ReadonlySet<string> = new Set([
  'GetParameter',
  'GetParameters',
  'GetParametersByPath',
]);
const readBucket: TokenBucket = { name: 'parameter reads', sizeMax: 40, tokensPerSecond: 40 };

export const ssm: ServiceDefinition = {
  name: 'ssm',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  operations: {
    DeleteParameter: deleteParameter,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameterHistory: getParameterHistory,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    PutParameter: putParameter,
    ...tagOperations,
  },
  throttle: {
    demandsOf: (name) => (reads.has(name) ? [{ bucket: readBucket, tokens: 1 }] : []),
    error: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
  },
  resources: ssmResources,
};
