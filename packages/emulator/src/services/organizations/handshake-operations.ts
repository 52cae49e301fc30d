import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { serviceLinkedRoleCheck } from '../iam/service-linked-roles.ts';
import { pageWithGaps } from './empty-pages.ts';
import { check, organizationOf, organizationsOf, requireManagement } from './lookups.ts';
import { join } from './membership.ts';
import type { Handshake, Organization } from './state.ts';
import { mergedTags, requestTagContext } from './tags.ts';

const openMs = 15 * 24 * 3600 * 1000; // Organizations API Reference, InviteAccountToOrganization: 15 days

const describe = (
  call: Call,
  organization: Organization,
  handshake: Handshake,
): client.Handshake => ({
  Id: handshake.id,
  Arn: handshake.arn,
  Action: 'INVITE',
  State:
    handshake.state === 'OPEN' && call.now >= handshake.expiresAt.getTime()
      ? 'EXPIRED'
      : handshake.state,
  RequestedTimestamp: handshake.requestedAt,
  ExpirationTimestamp: handshake.expiresAt,
  Parties: [
    { Id: organization.id.slice(2), Type: 'ORGANIZATION' },
    { Id: handshake.accountId, Type: 'ACCOUNT' },
  ],
  Resources: [
    { Type: 'ORGANIZATION', Value: organization.id },
    { Type: 'ACCOUNT', Value: handshake.accountId },
  ],
});

const isOpen = (call: Call, handshake: Handshake): boolean =>
  handshake.state === 'OPEN' && call.now < handshake.expiresAt.getTime();

const inviteAccountToOrganization = operation<
  client.InviteAccountToOrganizationCommandInput,
  Partial<client.InviteAccountToOrganizationCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'InviteAccountToOrganization', [input.Target?.Id], requestTagContext(input.Tags)),
  run(input, call) {
    const organization = requireManagement(call);
    const { Id: accountId = '', Type: type } = input.Target ?? {};
    if (type !== 'ACCOUNT')
      throw new AwsError(
        'InvalidInputException',
        `an invitation of the type ${type ?? ''} is not modelled by this emulator`,
      );
    if (call.world.directory.get(accountId)?.state !== 'ACTIVE')
      throw new AwsError(
        'AccountNotFoundException',
        "You specified an account that doesn't exist.",
      );
    if (organization.members.has(accountId))
      throw new AwsError(
        'HandshakeConstraintViolationException',
        'The account is a member already.',
        { details: { Reason: 'ALREADY_IN_AN_ORGANIZATION' } },
      );
    const waiting = [...organization.handshakes.values()].some(
      (handshake) => handshake.accountId === accountId && isOpen(call, handshake),
    );
    if (waiting)
      throw new AwsError('DuplicateHandshakeException', 'The account has been invited already.');
    const id = `h-${call.hex('handshake', 32)}`;
    const handshake: Handshake = {
      id,
      arn: `arn:aws:organizations::${call.account}:handshake/${organization.id}/invite/${id}`,
      accountId,
      requestedAt: call.date,
      expiresAt: new Date(call.now + openMs),
      tags: mergedTags(new Map(), input.Tags),
      state: 'OPEN',
    };
    organization.handshakes.set(id, handshake);
    return { Handshake: describe(call, organization, handshake) };
  },
});

function findInvitation(
  call: Call,
  id: string | undefined,
): { organization: Organization; handshake: Handshake } | undefined {
  for (const organization of organizationsOf(call).values()) {
    const handshake = organization.handshakes.get(id ?? '');
    if (handshake?.accountId === call.account) return { organization, handshake };
  }
  return undefined;
}

const acceptHandshake = operation<
  client.AcceptHandshakeCommandInput,
  Partial<client.AcceptHandshakeCommandOutput>
>({
  authorize: (input, call) => [
    {
      action: 'organizations:AcceptHandshake',
      resource: findInvitation(call, input.HandshakeId)?.handshake.arn ?? '*',
      resourceAccount: call.account,
    },
    serviceLinkedRoleCheck(call, 'organizations.amazonaws.com'),
  ],
  run(input, call) {
    const found = findInvitation(call, input.HandshakeId);
    if (!found)
      throw new AwsError(
        'HandshakeNotFoundException',
        "We can't find a handshake with the HandshakeId that you specified.",
      );
    const { organization, handshake } = found;
    if (!isOpen(call, handshake))
      throw new AwsError(
        'InvalidHandshakeTransitionException',
        'The handshake is not open any more.',
      );
    if (organizationOf(call.world, call.account))
      throw new AwsError(
        'HandshakeConstraintViolationException',
        'The account is a member of an organization already.',
        { details: { Reason: 'ALREADY_IN_AN_ORGANIZATION' } },
      );
    handshake.state = 'ACCEPTED';
    join(call, organization, call.account, 'INVITED');
    organization.tags.set(call.account, new Map(handshake.tags));
    return { Handshake: describe(call, organization, handshake) };
  },
});

const listHandshakesForAccount = operation<
  client.ListHandshakesForAccountCommandInput,
  Partial<client.ListHandshakesForAccountCommandOutput>
>({
  authorize: () => ({ action: 'organizations:ListHandshakesForAccount', resource: '*' }),
  run(input, call) {
    refuseUnmodelled(input, ['Filter'], 'InvalidInputException');
    const own = [...organizationsOf(call).values()].flatMap((organization) =>
      [...organization.handshakes.values()]
        .filter(({ accountId }) => accountId === call.account)
        .map((handshake) => describe(call, organization, handshake)),
    );
    const page = pageWithGaps(call, own, input, ({ Id }) => Id ?? '');
    return { Handshakes: [...page.items], NextToken: page.nextToken };
  },
});

export const handshakeOperations = {
  AcceptHandshake: acceptHandshake,
  InviteAccountToOrganization: inviteAccountToOrganization,
  ListHandshakesForAccount: listHandshakesForAccount,
};
