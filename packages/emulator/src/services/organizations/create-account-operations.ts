import type * as client from '@aws-sdk/client-organizations';
import { newAccountId } from '../../accounts/new-account-id.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { addRole } from '../iam/identities.ts';
import { publish } from '../iam/effective-identity.ts';
import { pageWithGaps } from './empty-pages.ts';
import { check, requireManagement, requireReader } from './lookups.ts';
import { join } from './membership.ts';
import type { CreateAccountRequest, Organization } from './state.ts';
import { mergedTags, requestTagContext } from './tags.ts';

const creationMs = 30_000; // AWS says "several minutes" at most; usually well below one
const accountsMax = 50_000; // Organizations quotas: default 10, raised to the maximum here
const roleNameDefault = 'OrganizationAccountAccessRole';

const describe = (request: CreateAccountRequest): client.CreateAccountStatus => ({
  Id: request.id,
  AccountName: request.accountName,
  State: request.state,
  RequestedTimestamp: request.requestedAt,
  CompletedTimestamp: request.completedAt,
  AccountId: request.accountId,
  FailureReason: request.failureReason,
});

/** The role by which the management account reaches a new account. */
function addAccessRole(scope: Scope, accountId: string, name: string, trusted: string): void {
  const iam = scope.at({ account: accountId, service: 'iam' });
  const role = addRole(iam, {
    name,
    path: '/',
    trust: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${trusted}:root` },
          Action: 'sts:AssumeRole',
        },
      ],
    }),
  });
  role.attached.add('arn:aws:iam::aws:policy/AdministratorAccess');
  publish(iam, role);
}

interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly roleName: string;
  readonly tags: ReadonlyMap<string, string>;
}

function finish(
  scope: Scope,
  organization: Organization,
  request: CreateAccountRequest,
  wanted: NewAccount,
): void {
  const { directory } = scope.world;
  request.completedAt = scope.date;
  if (directory.accounts.some(({ email }) => email.toLowerCase() === wanted.email.toLowerCase())) {
    request.state = 'FAILED';
    request.failureReason = 'EMAIL_ALREADY_EXISTS';
  } else {
    const id = newAccountId(scope.world);
    directory.add({
      id,
      name: wanted.name,
      email: wanted.email,
      state: 'ACTIVE',
      organizationId: undefined,
      organizationPath: undefined,
    });
    join(scope, organization, id, 'CREATED');
    organization.tags.set(id, new Map(wanted.tags));
    addAccessRole(scope, id, wanted.roleName, organization.managementAccountId);
    request.state = 'SUCCEEDED';
    request.accountId = id;
  }
  scope.record('CreateAccountResult', {
    request: request.id,
    state: request.state,
    account: request.accountId,
  });
}

const createAccount = operation<
  client.CreateAccountCommandInput,
  Partial<client.CreateAccountCommandOutput>
>({
  authorize: (input, call) => [
    ...check(call, 'CreateAccount', [], requestTagContext(input.Tags)),
    ...((input.Tags ?? []).length === 0
      ? []
      : check(call, 'TagResource', [], requestTagContext(input.Tags))),
  ],
  run(input, call) {
    if (input.IamUserAccessToBilling === 'DENY')
      throw new AwsError(
        'InvalidInputException',
        'IamUserAccessToBilling is not modelled by this emulator',
      );
    const organization = requireManagement(call);
    const { Email: email = '', AccountName: accountName = '' } = input;
    const roleName = input.RoleName ?? roleNameDefault;
    if (organization.members.size >= accountsMax)
      throw new AwsError('ConstraintViolationException', 'the organization is full', {
        details: { Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED' },
      });
    const tags = mergedTags(new Map(), input.Tags);
    const request: CreateAccountRequest = {
      id: `car-${call.hex('create-account', 32)}`,
      accountName,
      requestedAt: call.date,
      state: 'IN_PROGRESS',
      completedAt: undefined,
      accountId: undefined,
      failureReason: undefined,
    };
    organization.requests.set(request.id, request);
    const scope = call.at({});
    scope.after(creationMs, `create-account ${request.id}`, () => {
      finish(scope, organization, request, { name: accountName, email, roleName, tags });
    });
    return { CreateAccountStatus: describe(request) };
  },
});

const describeCreateAccountStatus = operation<
  client.DescribeCreateAccountStatusCommandInput,
  Partial<client.DescribeCreateAccountStatusCommandOutput>
>({
  authorize: (_, call) => check(call, 'DescribeCreateAccountStatus'),
  run(input, call) {
    const request = requireReader(call).requests.get(input.CreateAccountRequestId ?? '');
    if (!request)
      throw new AwsError(
        'CreateAccountStatusNotFoundException',
        `We can't find an create account request with the CreateAccountRequestId that you specified.`,
      );
    return { CreateAccountStatus: describe(request) };
  },
});

const listCreateAccountStatus = operation<
  client.ListCreateAccountStatusCommandInput,
  Partial<client.ListCreateAccountStatusCommandOutput>
>({
  authorize: (_, call) => check(call, 'ListCreateAccountStatus'),
  run(input, call) {
    const { States: states = [] } = input;
    const matching = [...requireReader(call).requests.values()].filter(
      ({ state }) => states.length === 0 || states.includes(state),
    );
    const page = pageWithGaps(call, matching, input, ({ id }) => id);
    return { CreateAccountStatuses: page.items.map(describe), NextToken: page.nextToken };
  },
});

export const createAccountOperations = {
  CreateAccount: createAccount,
  DescribeCreateAccountStatus: describeCreateAccountStatus,
  ListCreateAccountStatus: listCreateAccountStatus,
};
