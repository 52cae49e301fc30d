import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { pageWithGaps } from './empty-pages.ts';
import { check, requireManagement, requireMember, requireReader } from './lookups.ts';
import type { DelegatedService } from './state.ts';

const constraint = (message: string, reason: string): AwsError =>
  new AwsError('ConstraintViolationException', message, { details: { Reason: reason } });

/** @throws AwsError InvalidInputException */
function checkService(service: string | undefined): string {
  if (
    service === undefined ||
    !/^[\w+=,.@-]{1,128}$/.test(service) ||
    !service.endsWith('.amazonaws.com')
  )
    throw new AwsError(
      'InvalidInputException',
      'You specified an unrecognized service principal.',
      { details: { Reason: 'UNRECOGNIZED_SERVICE_PRINCIPAL' } },
    );
  return service;
}

const serviceContext = (service: string | undefined): Record<string, string | undefined> => ({
  'organizations:ServicePrincipal': service,
});

const enableAWSServiceAccess = operation<
  client.EnableAWSServiceAccessCommandInput,
  Partial<client.EnableAWSServiceAccessCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'EnableAWSServiceAccess', [], serviceContext(input.ServicePrincipal)),
  run(input, call) {
    const { trustedServices } = requireManagement(call);
    const service = checkService(input.ServicePrincipal);
    if (!trustedServices.has(service)) trustedServices.set(service, call.date);
    return {};
  },
});

const disableAWSServiceAccess = operation<
  client.DisableAWSServiceAccessCommandInput,
  Partial<client.DisableAWSServiceAccessCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'DisableAWSServiceAccess', [], serviceContext(input.ServicePrincipal)),
  run(input, call) {
    requireManagement(call).trustedServices.delete(checkService(input.ServicePrincipal));
    return {};
  },
});

const listAWSServiceAccessForOrganization = operation<
  client.ListAWSServiceAccessForOrganizationCommandInput,
  Partial<client.ListAWSServiceAccessForOrganizationCommandOutput>
>({
  authorize: (_, call) => check(call, 'ListAWSServiceAccessForOrganization'),
  run(input, call) {
    const page = pageWithGaps(
      call,
      requireReader(call).trustedServices,
      input,
      ([service]) => service,
    );
    return {
      EnabledServicePrincipals: page.items.map(([ServicePrincipal, DateEnabled]) => ({
        ServicePrincipal,
        DateEnabled,
      })),
      NextToken: page.nextToken,
    };
  },
});

const registerDelegatedAdministrator = operation<
  client.RegisterDelegatedAdministratorCommandInput,
  Partial<client.RegisterDelegatedAdministratorCommandOutput>
>({
  authorize: (input, call) =>
    check(
      call,
      'RegisterDelegatedAdministrator',
      [input.AccountId],
      serviceContext(input.ServicePrincipal),
    ),
  run(input, call) {
    const organization = requireManagement(call);
    const service = checkService(input.ServicePrincipal);
    const { account } = requireMember(call, organization, input.AccountId);
    if (account.id === organization.managementAccountId)
      throw constraint(
        'the management account cannot be a delegated administrator',
        'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
      );
    if (account.state !== 'ACTIVE')
      throw constraint(
        'a suspended account cannot be a delegated administrator',
        'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
      );
    if (!organization.trustedServices.has(service))
      throw constraint(`${service} has no trusted access`, 'SERVICE_ACCESS_NOT_ENABLED');
    const services = organization.delegated.get(account.id) ?? new Map<string, DelegatedService>();
    if (services.has(service))
      throw new AwsError(
        'AccountAlreadyRegisteredException',
        'The specified account is already a delegated administrator for this AWS service.',
      );
    services.set(service, { service, enabledAt: call.date });
    organization.delegated.set(account.id, services);
    return {};
  },
});

const deregisterDelegatedAdministrator = operation<
  client.DeregisterDelegatedAdministratorCommandInput,
  Partial<client.DeregisterDelegatedAdministratorCommandOutput>
>({
  authorize: (input, call) =>
    check(
      call,
      'DeregisterDelegatedAdministrator',
      [input.AccountId],
      serviceContext(input.ServicePrincipal),
    ),
  run(input, call) {
    const organization = requireManagement(call);
    const { account } = requireMember(call, organization, input.AccountId);
    const services = organization.delegated.get(account.id);
    if (services?.delete(checkService(input.ServicePrincipal)) !== true)
      throw new AwsError(
        'AccountNotRegisteredException',
        'The specified account is not a delegated administrator for this AWS service.',
      );
    if (services.size === 0) organization.delegated.delete(account.id);
    return {};
  },
});

const listDelegatedAdministrators = operation<
  client.ListDelegatedAdministratorsCommandInput,
  Partial<client.ListDelegatedAdministratorsCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'ListDelegatedAdministrators', [], serviceContext(input.ServicePrincipal)),
  run(input, call) {
    const organization = requireReader(call);
    const matching = [...organization.delegated].filter(
      ([, services]) =>
        input.ServicePrincipal === undefined || services.has(input.ServicePrincipal),
    );
    const page = pageWithGaps(call, matching, input, ([accountId]) => accountId);
    return {
      DelegatedAdministrators: page.items.map(([accountId, services]) => {
        const { account, membership } = requireMember(call, organization, accountId);
        const since = [...services.values()].map(({ enabledAt }) => enabledAt.getTime());
        return {
          Id: account.id,
          Arn: membership.arn,
          Email: account.email,
          Name: account.name,
          State: account.state,
          JoinedMethod: membership.joinedMethod,
          JoinedTimestamp: membership.joinedAt,
          DelegationEnabledDate: new Date(Math.min(...since)),
        };
      }),
      NextToken: page.nextToken,
    };
  },
});

const listDelegatedServicesForAccount = operation<
  client.ListDelegatedServicesForAccountCommandInput,
  Partial<client.ListDelegatedServicesForAccountCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListDelegatedServicesForAccount', [input.AccountId]),
  run(input, call) {
    const organization = requireReader(call);
    const { account } = requireMember(call, organization, input.AccountId);
    const services = organization.delegated.get(account.id);
    if (!services)
      throw new AwsError(
        'AccountNotRegisteredException',
        'The specified account is not a delegated administrator.',
      );
    const page = pageWithGaps(call, services.values(), input, ({ service }) => service);
    return {
      DelegatedServices: page.items.map(({ service, enabledAt }) => ({
        ServicePrincipal: service,
        DelegationEnabledDate: enabledAt,
      })),
      NextToken: page.nextToken,
    };
  },
});

export const delegationOperations = {
  DeregisterDelegatedAdministrator: deregisterDelegatedAdministrator,
  DisableAWSServiceAccess: disableAWSServiceAccess,
  EnableAWSServiceAccess: enableAWSServiceAccess,
  ListAWSServiceAccessForOrganization: listAWSServiceAccessForOrganization,
  ListDelegatedAdministrators: listDelegatedAdministrators,
  ListDelegatedServicesForAccount: listDelegatedServicesForAccount,
  RegisterDelegatedAdministrator: registerDelegatedAdministrator,
};
