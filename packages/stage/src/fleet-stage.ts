import { readFileSync } from 'node:fs';
import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  paginateListStackInstances,
  type StackInstanceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  CreateDefaultVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CloseAccountCommand,
  MoveAccountCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import {
  createAccount,
  joinOrganization,
  type StandaloneAccount,
  type World,
} from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { workloadSchemaVersion } from '@golden/shared/payload/workload-request.ts';
import { customerTemplate, type GroupShape } from './customer-template.ts';
import { readGroups, type GroupView } from './group-view.ts';
import { hour, InfraStage, stackLookMs, type StageOptions } from './infra-stage.ts';
import { stackFailures } from './stack-failures.ts';

/** One account and Region. */
export interface Place {
  readonly account: StandaloneAccount;
  readonly region: string;
}

export const stackSetsService = 'member.org.stacksets.cloudformation.amazonaws.com';
/** The stack of the examples in each account that has it. */
export const customerStackName = 'ecs-workload';
/** A new alarm leaves INSUFFICIENT_DATA with its first evaluation. */
const alarmsSettle = 10 * 60_000;
const pollEvery = 30_000;
const rolloutLimit = 24 * hour;
export const examplePayload = (name: string): string =>
  readFileSync(new URL(`../../../examples/payloads/${name}`, import.meta.url), 'utf8');

/**
 * An organization with workload accounts whose groups follow the line: the infra stack is deployed, its StackSet brings the
 * workload template, and each account that is asked for has the customer's stack.
 */
export class FleetStage {
  readonly infra: InfraStage;
  readonly #targets: readonly string[];

  private constructor(infra: InfraStage, targets: readonly string[]) {
    this.infra = infra;
    this.#targets = targets;
  }

  /** @param options.targets the units that get the workload template, by their paths of names */
  static async open(
    options: StageOptions & { readonly targets?: readonly string[] } = {},
  ): Promise<FleetStage> {
    const stage = await FleetStage.openUndelegated(options);
    const { infra } = stage;
    await infra
      .client(CloudFormationClient, { account: infra.management })
      .send(new ActivateOrganizationsAccessCommand());
    await infra.client(OrganizationsClient, { account: infra.management }).send(
      new RegisterDelegatedAdministratorCommand({
        AccountId: infra.infra.id,
        ServicePrincipal: stackSetsService,
      }),
    );
    return stage;
  }

  /** An organization whose management account has not made the infra account a delegated administrator yet. */
  static async openUndelegated(
    options: StageOptions & { readonly targets?: readonly string[] } = {},
  ): Promise<FleetStage> {
    return new FleetStage(await InfraStage.open(options), options.targets ?? ['workloads']);
  }

  get world(): World {
    return this.infra.world;
  }

  place(account: string, region = this.infra.home): Place {
    return { account: this.infra.account(account), region };
  }

  /** @throws Error for a unit that the organization does not know */
  unitId(path: string): string {
    const id = this.infra.organization.unitIds.get(path);
    if (id === undefined) throw new Error(`the organization has no unit ${path}`);
    return id;
  }

  /** An account that is made outside joins a unit. */
  async join(name: string, path: string): Promise<Place> {
    const { world, infra } = this;
    const member = createAccount(world, { name });
    const { management, organization } = infra;
    const { rootId } = organization;
    await joinOrganization(world, { management, member, rootId, parentId: this.unitId(path) });
    return { account: member, region: infra.home };
  }

  /** The organization closes an account: it is suspended at once. */
  async close(name: string): Promise<void> {
    await this.infra
      .client(OrganizationsClient, { account: this.infra.management })
      .send(new CloseAccountCommand({ AccountId: this.infra.account(name).id }));
  }

  /** An account moves out of a unit to the root of the organization. */
  async leaveUnit(place: Place, path: string): Promise<void> {
    const { management, organization } = this.infra;
    await this.infra.client(OrganizationsClient, { account: management }).send(
      new MoveAccountCommand({
        AccountId: place.account.id,
        SourceParentId: this.unitId(path),
        DestinationParentId: organization.rootId,
      }),
    );
  }

  /**
   * Deploys the infra stack with the StackSet for the unit, and waits until its alarms have been evaluated. Without its rollout
   * half unless asked for: here a test asks the targets itself.
   */
  async deploy(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    const stack = await this.infra.deploy(undefined, {
      WorkloadOrganizationalUnitIds: this.#targets.map((path) => this.unitId(path)).join(','),
      Rollout: 'DISABLED',
      ...changes,
    });
    if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.StackStatus ?? ''))
      throw new Error(`the infra stack failed:\n${(await this.infra.failures()).join('\n')}`);
    await this.world.scheduler.runFor(alarmsSettle);
  }

  /** Where the StackSet is, and how it stands there. */
  async stackInstances(): Promise<StackInstanceSummary[]> {
    const found: StackInstanceSummary[] = [];
    const pages = paginateListStackInstances(
      { client: this.infra.client(CloudFormationClient) },
      { StackSetName: `golden-${this.infra.line}-workload`, CallAs: 'DELEGATED_ADMIN' },
    );
    for await (const { Summaries = [] } of pages) found.push(...Summaries);
    return found;
  }

  /** Makes the network of a customer by hand; returns what the example's stack has to be told of it. */
  async customerParameters(place: Place): Promise<Readonly<Record<string, string>>> {
    const ec2 = this.infra.client(EC2Client, place);
    await ec2.send(new CreateDefaultVpcCommand({}));
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    return {
      Line: this.infra.line,
      SubnetIds: (Subnets ?? []).map(({ SubnetId }) => SubnetId).join(','),
      SecurityGroupId: SecurityGroups?.[0]?.GroupId ?? '',
    };
  }

  /** Deploys what a customer has: a network made by hand and the stack of the examples. */
  async deployCustomer(
    place: Place,
    options: {
      readonly shapes?: readonly GroupShape[];
      /** Instead of the example with some of its shapes. */
      readonly template?: string;
      readonly parameters?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<void> {
    const values = {
      ...(await this.customerParameters(place)),
      ...options.parameters,
    };
    const outputs = await this.deployStack(place, {
      name: customerStackName,
      template: options.template ?? customerTemplate(options.shapes),
      parameters: values,
    });
    await this.#setLatest(place, outputs);
    // Services that are made before their instances could not place a task at first, and the alarm remembers it for a while.
    await this.world.scheduler.runFor(hour / 2);
  }

  /** What an owner does in the console or by Terraform: CloudFormation takes no alias for a version. */
  async #setLatest(place: Place, outputs: Readonly<Record<string, string>>): Promise<void> {
    const { LatestGroup, LatestTemplate } = outputs;
    if (LatestGroup === undefined) return;
    await this.infra.client(AutoScalingClient, place).send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: LatestGroup,
        LaunchTemplate: { LaunchTemplateId: LatestTemplate, Version: '$Latest' },
      }),
    );
  }

  /** Creates a stack in an account and waits until it is there. */
  async deployStack(
    place: Place,
    stack: { name: string; template: string; parameters: Readonly<Record<string, string>> },
  ): Promise<Readonly<Record<string, string>>> {
    const client = this.infra.client(CloudFormationClient, place);
    await client.send(
      new CreateStackCommand({
        StackName: stack.name,
        TemplateBody: stack.template,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
    const limit = this.world.scheduler.now + 4 * hour;
    while (this.world.scheduler.now < limit) {
      await this.world.scheduler.runFor(stackLookMs);
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack.name }));
      const { StackStatus = '', Outputs = [] } = Stacks?.[0] ?? {};
      if (StackStatus === 'CREATE_COMPLETE')
        return Object.fromEntries(
          Outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
        );
      if (!StackStatus.endsWith('_IN_PROGRESS') || StackStatus.startsWith('ROLLBACK'))
        throw new Error(
          `the stack ${stack.name} is ${StackStatus}:\n${(await stackFailures(client, stack.name)).join('\n')}`,
        );
    }
    throw new Error(`the stack ${stack.name} is not there after four hours`);
  }

  /** The name of a group of the customer's stack. */
  async groupName(place: Place, shape: GroupShape): Promise<string> {
    const { StackResourceDetail } = await this.infra.client(CloudFormationClient, place).send(
      new DescribeStackResourceCommand({
        StackName: customerStackName,
        LogicalResourceId: shape,
      }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  }

  /** Uploads a payload and waits for its version, which is expected to become available. */
  async build(name: string, body = examplePayload(name)): Promise<VersionRecord> {
    await this.infra.upload(`payloads/${name}`, body);
    const [version] = await this.infra.buildsSettle();
    if (version?.state !== 'available')
      throw new Error(`${name} became ${version?.state ?? 'no version'}: ${version?.reason ?? ''}`);
    return version;
  }

  /**
   * Invokes a function of the infra account as its administrator, and waits for the answer.
   *
   * @param called what an error calls it
   */
  async invoke(FunctionName: string, event: object, called = FunctionName): Promise<unknown> {
    const { Payload, FunctionError } = await this.infra
      .client(LambdaClient)
      .send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    const text = new TextDecoder().decode(Payload);
    if (FunctionError !== undefined) throw new Error(`${called} failed: ${text}`);
    return JSON.parse(text);
  }

  /** Asks a target through reach-account, with the rights of the infra account's administrator. */
  async ask({ account, region }: Place, request: object): Promise<ReachAnswer> {
    const name = this.infra.outputs['ReachAccountFunctionName'] ?? '';
    const event = { account: account.id, region, request };
    return (await this.invoke(name, event, 'reach-account')) as ReachAnswer;
  }

  /** The request about an image version in a target's Region. */
  request(
    place: Place,
    version: VersionRecord,
    action: { action: string; rolloutId?: string; reason?: string },
  ): object {
    return {
      schema: workloadSchemaVersion,
      line: this.infra.line,
      image: { ami: version.amis?.[place.region], region: place.region, version: version.version },
      ...action,
    };
  }

  /** What the target answers about its groups. */
  async reports(place: Place, request: object): Promise<readonly ExplainedReport[]> {
    const answer = await this.ask(place, request);
    if (answer.outcome !== 'answered' || answer.response.outcome !== 'answered')
      throw new Error(`no reports: ${JSON.stringify(answer)}`);
    return answer.response.groups;
  }

  /**
   * Begins to move a target's groups and asks every half minute where they stand, until none is on its way any more: what the
   * rollout does of one target.
   */
  async roll(
    place: Place,
    version: VersionRecord,
    rolloutId: string,
  ): Promise<readonly ExplainedReport[]> {
    let reports = await this.reports(
      place,
      this.request(place, version, { action: 'refresh', rolloutId }),
    );
    const first = new Map(reports.map((report) => [report.group, report]));
    const limit = this.world.scheduler.now + rolloutLimit;
    while (reports.some(({ state }) => state === 'moving' || state === 'rolling-back')) {
      if (this.world.scheduler.now > limit)
        throw new Error(`${rolloutId} does not come to an end: ${JSON.stringify(reports)}`);
      await this.world.scheduler.runFor(pollEvery);
      reports = await this.reports(
        place,
        this.request(place, version, { action: 'status', rolloutId }),
      );
    }
    // A group that was not moved says why only once.
    return reports.map((report) =>
      report.block?.reason === 'not-moved' ? (first.get(report.group) ?? report) : report,
    );
  }

  /** All groups of a target, by the name that the template has for them. */
  groups(place: Place): Promise<ReadonlyMap<string, GroupView>> {
    return readGroups({
      scaling: this.infra.client(AutoScalingClient, place),
      ec2: this.infra.client(EC2Client, place),
    });
  }
}
