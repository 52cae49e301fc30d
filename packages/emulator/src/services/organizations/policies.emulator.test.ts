import { describe, expect, it } from '@jest/globals';
import {
  CreatePolicyCommand,
  DescribePolicyCommand,
  EnablePolicyTypeCommand,
  ListPoliciesForTargetCommand,
  ListTargetsForPolicyCommand,
  OrganizationsClient,
  paginateListPolicies,
} from '@aws-sdk/client-organizations';
import { organizationFixture } from '../../../test/organization-fixture.ts';

const PolicyId = 'p-FullAWSAccess';

describe('policies of an organization', () => {
  it('are FullAWSAccess alone, which is attached to nothing while no type is enabled', async () => {
    const { client, organization } = await organizationFixture();
    const management = client(OrganizationsClient, 'management');
    const listed = async (Filter: 'SERVICE_CONTROL_POLICY' | 'TAG_POLICY') => {
      const found: unknown[] = [];
      for await (const page of paginateListPolicies({ client: management }, { Filter }))
        found.push(...(page.Policies ?? []));
      return found;
    };
    expect(await listed('SERVICE_CONTROL_POLICY')).toMatchObject([
      { Id: PolicyId, Name: 'FullAWSAccess', AwsManaged: true },
    ]);
    expect(await listed('TAG_POLICY')).toEqual([]);
    const { Policy } = await management.send(new DescribePolicyCommand({ PolicyId }));
    expect(JSON.parse(Policy?.Content ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    const forTarget = (TargetId: string) =>
      management.send(
        new ListPoliciesForTargetCommand({ TargetId, Filter: 'SERVICE_CONTROL_POLICY' }),
      );
    expect((await forTarget(organization.rootId)).Policies).toEqual([]);
    await expect(forTarget('999999999999')).rejects.toMatchObject({
      name: 'TargetNotFoundException',
    });
    expect((await management.send(new ListTargetsForPolicyCommand({ PolicyId }))).Targets).toEqual(
      [],
    );
    await expect(
      management.send(new DescribePolicyCommand({ PolicyId: 'p-examplepolicy' })),
    ).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
  });

  it('are for the management account and delegated administrators to read', async () => {
    const { client } = await organizationFixture();
    await client(OrganizationsClient, 'tooling').send(new DescribePolicyCommand({ PolicyId }));
    await expect(
      client(OrganizationsClient, 'a').send(new DescribePolicyCommand({ PolicyId })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('cannot be made or enabled here: they would not be obeyed', async () => {
    const { client, organization } = await organizationFixture();
    const management = client(OrganizationsClient, 'management');
    await expect(
      management.send(
        new CreatePolicyCommand({
          Name: 'deny',
          Description: '',
          Type: 'SERVICE_CONTROL_POLICY',
          Content: '{}',
        }),
      ),
    ).rejects.toThrow('organizations:CreatePolicy is not modelled by this emulator');
    await expect(
      management.send(
        new EnablePolicyTypeCommand({
          RootId: organization.rootId,
          PolicyType: 'SERVICE_CONTROL_POLICY',
        }),
      ),
    ).rejects.toThrow('organizations:EnablePolicyType is not modelled by this emulator');
  });
});
