import type * as client from '@aws-sdk/client-cloudwatch';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { dashboardState, type Dashboard } from './state.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

const namePattern = /^[A-Za-z0-9_-]{1,255}$/; // CloudWatch API Reference, PutDashboard, DashboardName
const widgetsMax = 500; // CloudWatch service quotas: widgets per dashboard
const listPageMax = 1_000; // CloudWatch API Reference, ListDashboards

const arnOf = (scope: Scope, name: string): string =>
  scope.arn(`dashboard/${name}`, { service: 'cloudwatch', region: '' });

const check = (scope: Scope, action: string, name: string | undefined): AccessCheck => ({
  action: `cloudwatch:${action}`,
  resource: arnOf(scope, name ?? ''),
});

const invalid = (message: string, path = '/'): AwsError =>
  new AwsError('InvalidParameterInput', message, {
    details: { dashboardValidationMessages: [{ DataPath: path, Message: message }] },
  });

export const putDashboard = operation<
  client.PutDashboardCommandInput,
  Partial<client.PutDashboardCommandOutput>
>({
  authorize: (input, call) => check(call, 'PutDashboard', input.DashboardName),
  run(input, call) {
    const { DashboardName: name = '', DashboardBody: body = '', Tags: tags } = input;
    if (tags !== undefined) throw invalid('Tags of dashboards are not modelled by this emulator');
    if (!namePattern.test(name)) throw invalid(`${name} is not the name of a dashboard`);
    checkBody(body);
    dashboardState.in(call).dashboards.set(name, { name, body, modifiedAt: call.date });
    return { DashboardValidationMessages: [] };
  },
});

function checkBody(body: string): void {
  let parsed: unknown;
  try {
    parsed = parseShallowJson(body);
  } catch {
    throw invalid('The field DashboardBody must be a valid JSON object');
  }
  if (!isRecord(parsed)) throw invalid('The field DashboardBody must be a valid JSON object');
  const widgets = parsed['widgets'];
  if (!Array.isArray(widgets)) throw invalid('Should have required property "widgets"');
  if (widgets.length > widgetsMax) throw invalid(`a dashboard has at most ${widgetsMax} widgets`);
  widgets.forEach((widget: unknown, index) => {
    if (!isRecord(widget) || typeof widget['type'] !== 'string')
      throw invalid('Should have required property "type"', `/widgets/${index}`);
    if (!isRecord(widget['properties']))
      throw invalid('Should have required property "properties"', `/widgets/${index}`);
  });
}

function find(scope: Scope, name: string | undefined): Dashboard {
  const found = dashboardState.in(scope).dashboards.get(name ?? '');
  if (!found)
    throw new AwsError('DashboardNotFoundError', `Dashboard ${String(name)} does not exist`);
  return found;
}

export const getDashboard = operation<
  client.GetDashboardCommandInput,
  Partial<client.GetDashboardCommandOutput>
>({
  authorize: (input, call) => check(call, 'GetDashboard', input.DashboardName),
  run(input, call) {
    const { name, body } = find(call, input.DashboardName);
    return { DashboardName: name, DashboardBody: body, DashboardArn: arnOf(call, name) };
  },
});

export const deleteDashboards = operation<
  client.DeleteDashboardsCommandInput,
  Partial<client.DeleteDashboardsCommandOutput>
>({
  authorize: (input, call) =>
    (input.DashboardNames ?? []).map((name) => check(call, 'DeleteDashboards', name)),
  run(input, call) {
    // None is deleted when one is missing.
    const found = (input.DashboardNames ?? []).map((name) => find(call, name));
    for (const { name } of found) dashboardState.in(call).dashboards.delete(name);
    return {};
  },
});

export const listDashboards = operation<
  client.ListDashboardsCommandInput,
  Partial<client.ListDashboardsCommandOutput>
>({
  authorize: () => ({ action: 'cloudwatch:ListDashboards', resource: '*' }),
  run(input, call) {
    const { dashboards } = dashboardState.in(call);
    const prefix = input.DashboardNamePrefix ?? '';
    const page = paginate(
      call,
      [...dashboards.values()].filter(({ name }) => name.startsWith(prefix)),
      {
        keyOf: ({ name }) => name,
        token: input.NextToken,
        size: undefined,
        sizeMax: listPageMax,
        invalidToken: 'InvalidParameterValue',
      },
    );
    return {
      DashboardEntries: page.items.map(({ name, body, modifiedAt }) => ({
        DashboardName: name,
        DashboardArn: arnOf(call, name),
        LastModified: modifiedAt,
        Size: Buffer.byteLength(body),
      })),
      NextToken: page.nextToken,
    };
  },
});
