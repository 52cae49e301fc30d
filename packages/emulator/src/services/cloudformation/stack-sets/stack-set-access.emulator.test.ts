import { describe, expect, it } from '@jest/globals';
import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeactivateOrganizationsAccessCommand,
  DescribeOrganizationsAccessCommand,
  ListStackInstancesCommand,
  ListStackSetsCommand,
  StackSetNotFoundException,
} from '@aws-sdk/client-cloudformation';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeregisterDelegatedAdministratorCommand,
  EnableAWSServiceAccessCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { clientFor } from '../../../accounts/client-for.ts';
import {
  home,
  organizationFixture,
  parameterTemplate,
  stackSetName,
  stackSetsService,
  type OrganizationFixture,
} from '../../../../test/organization-fixture.ts';

const template = parameterTemplate();
const naming = { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN' } as const;

const create = (input: { CallAs?: 'SELF' | 'DELEGATED_ADMIN' } = {}) =>
  new CreateStackSetCommand({
    StackSetName: stackSetName,
    PermissionModel: 'SERVICE_MANAGED',
    AutoDeployment: { Enabled: false },
    TemplateBody: JSON.stringify(template),
    ...input,
  });

const lookUp = {
  Effect: 'Allow',
  Action: 'organizations:ListDelegatedAdministrators',
  Resource: '*',
};

/** CloudFormation as a user of the delegated administrator's account with one policy. */
async function userWith(
  fixture: OrganizationFixture,
  given: readonly object[],
  { mayLookUp = true } = {},
): Promise<CloudFormationClient> {
  const statements = mayLookUp ? [...given, lookUp] : given;
  const iam = fixture.client(IAMClient, 'tooling');
  const UserName = 'operator';
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  await fixture.world.scheduler.runFor(10_000);
  return clientFor(fixture.world, CloudFormationClient, {
    region: home,
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      sessionToken: undefined,
    },
  });
}

describe('the administration of StackSets', () => {
  it('is for the management account and for delegated administrators that say so', async () => {
    const fixture = await organizationFixture();
    const refused = {
      name: 'ValidationError',
      message:
        'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
    };
    const asMember = fixture.client(CloudFormationClient, 'a');
    await expect(asMember.send(create())).rejects.toMatchObject(refused);
    await expect(asMember.send(create({ CallAs: 'DELEGATED_ADMIN' }))).rejects.toMatchObject(
      refused,
    );
    await expect(fixture.cfn.send(create())).rejects.toMatchObject(refused);
    const asManagement = fixture.client(CloudFormationClient, 'management');
    await expect(asManagement.send(create({ CallAs: 'DELEGATED_ADMIN' }))).rejects.toMatchObject(
      refused,
    );
    await asManagement.send(create({ CallAs: 'SELF' }));
  });

  it('ends with the registration', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.client(OrganizationsClient, 'management').send(
      new DeregisterDelegatedAdministratorCommand({
        AccountId: fixture.tooling.id,
        ServicePrincipal: stackSetsService,
      }),
    );
    await expect(fixture.instances()).rejects.toThrow('You must be the management account');
  });

  it('shows nothing to other members', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const asMember = fixture.client(CloudFormationClient, 'a');
    const { Summaries } = await asMember.send(new ListStackSetsCommand());
    expect(Summaries).toEqual([]);
    await expect(
      asMember.send(new ListStackInstancesCommand({ StackSetName: stackSetName })),
    ).rejects.toBeInstanceOf(StackSetNotFoundException);
  });

  it('is of one Region', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const elsewhere = fixture.client(CloudFormationClient, 'tooling', 'us-east-1');
    await expect(elsewhere.send(new ListStackInstancesCommand(naming))).rejects.toBeInstanceOf(
      StackSetNotFoundException,
    );
  });
});

describe("the organization's access", () => {
  const message = 'You must enable organizations access to operate a service managed stack set';

  it('can be taken away and given again', async () => {
    const fixture = await organizationFixture();
    const asManagement = fixture.client(CloudFormationClient, 'management');
    const status = async () =>
      (await asManagement.send(new DescribeOrganizationsAccessCommand())).Status;
    expect(await status()).toBe('ENABLED');
    await asManagement.send(new DeactivateOrganizationsAccessCommand());
    expect(await status()).toBe('DISABLED');
    await expect(fixture.createStackSet(template)).rejects.toThrow(message);
    await asManagement.send(new ActivateOrganizationsAccessCommand());
    await fixture.createStackSet(template);
  });

  it('is not there when Organizations alone has given it', async () => {
    const fixture = await organizationFixture({ activated: false });
    await fixture
      .client(OrganizationsClient, 'management')
      .send(new EnableAWSServiceAccessCommand({ ServicePrincipal: stackSetsService }));
    const asManagement = fixture.client(CloudFormationClient, 'management');
    await expect(asManagement.send(create())).rejects.toThrow(message);
  });

  it('is given by the management account only', async () => {
    const fixture = await organizationFixture();
    await expect(fixture.cfn.send(new ActivateOrganizationsAccessCommand())).rejects.toMatchObject({
      name: 'InvalidOperationException',
    });
  });
});

it.each([0, 101])('a page of %s instances is refused', async (MaxResults) => {
  const fixture = await organizationFixture();
  await fixture.createStackSet(template);
  await expect(
    fixture.cfn.send(new ListStackInstancesCommand({ ...naming, MaxResults })),
  ).rejects.toMatchObject({ name: 'ValidationError' });
});

describe('the permissions of a caller', () => {
  const deploy = (fixture: OrganizationFixture, Regions: string[] = [home]) =>
    new CreateStackInstancesCommand({
      ...naming,
      DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
      Regions,
    });
  const arns = (fixture: OrganizationFixture) => {
    const prefix = `arn:aws:cloudformation:${home}:${fixture.accountId('management')}`;
    return {
      stackSet: `${prefix}:stackset/${stackSetName}:*`,
      target: `${prefix}:stackset-target/${stackSetName}:*/${fixture.unitId('workloads')}`,
      type: `arn:aws:cloudformation:${home}::type/resource/AWS-SSM-Parameter`,
    };
  };
  const allow = (Resource: readonly string[], Condition?: object) => [
    { Effect: 'Allow', Action: 'cloudformation:CreateStackInstances', Resource, Condition },
  ];

  it('are asked for on StackSet, target and resource type', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const user = await userWith(fixture, allow(Object.values(arns(fixture))));
    await user.send(deploy(fixture));
  });

  it.each(['stackSet', 'target', 'type'] as const)(
    'do not suffice without the %s',
    async (left) => {
      const fixture = await organizationFixture();
      await fixture.createStackSet(template);
      const resources = Object.entries(arns(fixture)).flatMap(([name, arn]) =>
        name === left ? [] : [arn],
      );
      const user = await userWith(fixture, allow(resources));
      await expect(user.send(deploy(fixture))).rejects.toMatchObject({ name: 'AccessDenied' });
    },
  );

  it("do not suffice on ARNs with the delegated administrator's own account", async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const own = Object.values(arns(fixture)).map((arn) =>
      arn.replace(fixture.accountId('management'), fixture.tooling.id),
    );
    const user = await userWith(fixture, allow(own));
    await expect(user.send(deploy(fixture))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('can depend on the target Regions', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const condition = { 'ForAllValues:StringEquals': { 'cloudformation:TargetRegion': [home] } };
    const user = await userWith(fixture, allow(['*'], condition));
    await expect(user.send(deploy(fixture, [home, 'us-east-1']))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await user.send(deploy(fixture));
  });

  it('of a delegated administrator include looking up who is one', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    const user = await userWith(fixture, allow(['*']), { mayLookUp: false });
    await expect(user.send(deploy(fixture))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('delegated admin account'),
    });
  });

  it('to create a StackSet have no resource', async () => {
    const fixture = await organizationFixture();
    const user = await userWith(fixture, [
      {
        Effect: 'Allow',
        Action: 'cloudformation:CreateStackSet',
        Resource: arns(fixture).stackSet,
      },
    ]);
    await expect(user.send(create({ CallAs: 'DELEGATED_ADMIN' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});
