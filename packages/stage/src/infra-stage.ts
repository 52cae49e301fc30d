import { readFileSync } from 'node:fs';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type Parameter,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateDefaultVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  ConfirmSubscriptionCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { ImagebuilderClient, paginateListImageRecipes } from '@aws-sdk/client-imagebuilder';
import {
  CreateKeyCommand,
  KMSClient,
  ReplicateKeyCommand,
  paginateListGrants,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  createAccount,
  createOrganization,
  createWorld,
  inbox,
  type CreatedOrganization,
  type Email,
  type StandaloneAccount,
  type UnitPlan,
  type World,
  type WorldSettings,
} from '@golden/emulator';
import { clientFor, type ClientOptions } from '@golden/emulator/accounts/client-for.ts';
import { makeTable } from '@golden/shared/aws/table.ts';
import { imageLine } from '@golden/shared/model/ids.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { makeVersionStore, type VersionStore } from '@golden/shared/store/version-store.ts';
import { stackFailures } from './stack-failures.ts';

const minute = 60_000;
export const hour = 60 * minute;
const stackLimit = 2 * hour;
/** As often as the waiters of the AWS CLI look. */
export const stackLookMs = 30_000;
const buildLimit = 6 * hour;
const mailAddress = 'platform@example.com';
/** S3 sends events to EventBridge from about five minutes after it was told to. */
const bucketEventsDelay = 6 * minute;

export interface StageOptions {
  readonly settings?: Partial<WorldSettings>;
  readonly line?: string;
  readonly home?: string;
  readonly otherRegions?: readonly string[];
  /** Accounts directly below the root besides the infra account. */
  readonly rootAccounts?: readonly string[];
  /** Organizational units; one with one workload account unless said otherwise. */
  readonly units?: readonly UnitPlan[];
}

/** The template as `pnpm synth` writes it. */
export const readInfraTemplate = (): string =>
  readFileSync(
    new URL('../../../dist/templates/infra-account.template.json', import.meta.url),
    'utf8',
  );

/**
 * An organization with an infra account, and the means of the person who deploys the product there: an
 * administrator's credentials, a bucket to upload templates through, a subnet and a security group. Nothing of the
 * product is made by hand.
 */
export class InfraStage {
  readonly world: World;
  readonly line: string;
  readonly home: string;
  readonly otherRegions: readonly string[];
  readonly organization: CreatedOrganization;
  readonly management: StandaloneAccount;
  readonly infra: StandaloneAccount;
  /** A workload account of the organization. */
  readonly member: StandaloneAccount;
  /** An account of somebody else. */
  readonly stranger: StandaloneAccount;
  readonly stackName = 'golden-images';
  outputs: Readonly<Record<string, string>> = {};
  /** What is deployed, and updated to: at first what `pnpm synth` wrote. */
  template = readInfraTemplate();
  readonly #clients = new Map<string, unknown>();
  #templateNumber = 0;
  #stackId: string | undefined;

  private constructor(
    options: StageOptions,
    made: {
      world: World;
      organization: CreatedOrganization;
      stranger: StandaloneAccount;
    },
  ) {
    this.world = made.world;
    this.line = options.line ?? 'golden';
    this.home = options.home ?? 'eu-west-1';
    this.otherRegions = options.otherRegions ?? ['eu-central-1'];
    this.organization = made.organization;
    this.management = made.organization.management;
    this.stranger = made.stranger;
    this.infra = this.account('infra');
    this.member = this.account('workload-1');
  }

  static async open(options: StageOptions = {}): Promise<InfraStage> {
    const world = createWorld(options.settings);
    const organization = await createOrganization(world, {
      managementAccountName: 'management',
      accounts: ['infra', ...(options.rootAccounts ?? [])].map((name) => ({ name })),
      units: options.units ?? [{ name: 'workloads', accounts: [{ name: 'workload-1' }] }],
    });
    const stage = new InfraStage(options, {
      world,
      organization,
      stranger: createAccount(world, { name: 'somebody-else' }),
    });
    await stage.client(S3Client).send(
      new CreateBucketCommand({
        Bucket: stage.#templateBucket,
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    await stage.client(EC2Client).send(new CreateDefaultVpcCommand({}));
    return stage;
  }

  /** @throws Error for a name that the organization does not know */
  account(name: string): StandaloneAccount {
    const found = this.organization.accounts.get(name);
    if (!found) throw new Error(`the organization has no account ${name}`);
    return found;
  }

  get #templateBucket(): string {
    return `templates-${this.infra.id}`;
  }

  /** A real SDK client with an administrator's credentials, by default of the infra account in the home Region. */
  client<C>(
    Client: new (options: ClientOptions) => C,
    options: { account?: StandaloneAccount; region?: string } = {},
  ): C {
    const { account = this.infra, region = this.home } = options;
    // One for each of them: a client reads its configuration anew, which takes longer than its calls.
    const key = [Client.name, account.id, region].join(' ');
    const client =
      this.#clients.get(key) ??
      clientFor(this.world, Client, { credentials: account.adminCredentials, region });
    this.#clients.set(key, client);
    return client as C;
  }

  /**
   * Deploys a template, or updates the stack to it, and waits for the end. Without one it is the template that the stack
   * has, at first the one that `pnpm synth` wrote.
   */
  async deploy(
    template = this.template,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<Stack> {
    this.template = template;
    const cloudFormation = this.client(CloudFormationClient);
    const request = {
      StackName: this.stackName,
      TemplateURL: await this.#uploadTemplate(template),
      Parameters: await this.#parameters(changes),
      Capabilities: ['CAPABILITY_IAM' as const],
    };
    const exists = (await this.stack()) !== undefined;
    await cloudFormation.send(
      exists ? new UpdateStackCommand(request) : new CreateStackCommand(request),
    );
    const stack = await this.#stackSettles();
    if (!exists) await this.world.scheduler.runFor(bucketEventsDelay);
    await this.readOutputs();
    return stack;
  }

  /** Takes down what the stack says of itself, which somebody else may have deployed. */
  async readOutputs(): Promise<void> {
    const { Outputs = [] } = (await this.stack()) ?? {};
    this.outputs = Object.fromEntries(
      Outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    );
  }

  async delete(): Promise<Stack> {
    await this.client(CloudFormationClient).send(
      new DeleteStackCommand({ StackName: this.stackName }),
    );
    return this.#stackSettles();
  }

  async stack(name: string = this.stackName): Promise<Stack | undefined> {
    const answer = await this.client(CloudFormationClient)
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ValidationError') return undefined;
        throw error;
      });
    return answer?.Stacks?.[0];
  }

  /** Why resources failed, newest first. */
  async failures(): Promise<string[]> {
    return stackFailures(this.client(CloudFormationClient), this.#stackId ?? this.stackName);
  }

  /** Makes a customer key with a replica in each distribution Region; returns its id, `mrk-...`. */
  async multiRegionKey(): Promise<string> {
    const { KeyMetadata } = await this.client(KMSClient).send(
      new CreateKeyCommand({ MultiRegion: true }),
    );
    for (const ReplicaRegion of this.otherRegions)
      await this.client(KMSClient).send(
        new ReplicateKeyCommand({ KeyId: KeyMetadata?.KeyId, ReplicaRegion }),
      );
    return KeyMetadata?.KeyId ?? '';
  }

  /** `<name> <grantee>` of each grant on a key of the infra account, sorted. */
  async grants(KeyId: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { Grants = [] } of paginateListGrants(
      { client: this.client(KMSClient) },
      { KeyId },
    ))
      found.push(
        ...Grants.map(({ Name, GranteePrincipal }) => `${Name ?? ''} ${GranteePrincipal ?? ''}`),
      );
    return found.sort();
  }

  /** ARNs of all recipes of the infra account. */
  async recipes(): Promise<string[]> {
    const arns: string[] = [];
    const pages = paginateListImageRecipes(
      { client: this.client(ImagebuilderClient) },
      { owner: 'Self' },
    );
    for await (const { imageRecipeSummaryList } of pages)
      arns.push(...(imageRecipeSummaryList ?? []).map(({ arn }) => arn ?? ''));
    return arns;
  }

  /** The physical id of a resource of the stack. */
  async physicalId(LogicalResourceId: string): Promise<string> {
    const { StackResourceDetail } = await this.client(CloudFormationClient).send(
      new DescribeStackResourceCommand({ StackName: this.stackName, LogicalResourceId }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  }

  async #stackSettles(): Promise<Stack> {
    const id = (await this.stack())?.StackId;
    this.#stackId = id;
    const limit = this.world.scheduler.now + stackLimit;
    while (this.world.scheduler.now < limit) {
      await this.world.scheduler.runFor(stackLookMs);
      const stack = await this.stack(id);
      if (stack && !stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
    }
    throw new Error(
      `the stack ${this.stackName} did not come to rest within ${stackLimit / hour} hours`,
    );
  }

  async #uploadTemplate(template: string): Promise<string> {
    const key = `${this.stackName}-${(this.#templateNumber += 1)}.template.json`;
    await this.client(S3Client).send(
      new PutObjectCommand({ Bucket: this.#templateBucket, Key: key, Body: template }),
    );
    return `https://${this.#templateBucket}.s3.${this.home}.amazonaws.com/${key}`;
  }

  async #parameters(changes: Readonly<Record<string, string>>): Promise<Parameter[]> {
    const ec2 = this.client(EC2Client);
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const values: Record<string, string> = {
      EnvironmentName: this.line,
      PublicSubnet: Subnets?.[0]?.SubnetId ?? '',
      DefaultSecurityGroup: SecurityGroups?.[0]?.GroupId ?? '',
      AWSOrgID: this.organization.id,
      ManagementAccountId: this.management.id,
      NotificationEmail: mailAddress,
      // Most tests look at an image that is there and moves nobody; the rollout stage says otherwise.
      Rollout: 'DISABLED',
      ...Object.fromEntries(
        this.otherRegions.map((region, index) => [`Region${index + 2}`, region]),
      ),
      ...changes,
    };
    return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
  }

  /** What the person behind the e-mail address does with the first message. */
  async confirmNotices(): Promise<void> {
    const confirmation = this.emails().find(
      ({ confirmationToken }) => confirmationToken !== undefined,
    );
    const TopicArn = this.outputs['NoticesTopicArn'];
    if (!confirmation) throw new Error('no confirmation was mailed');
    const sns = this.client(SNSClient);
    await sns.send(
      new ConfirmSubscriptionCommand({ TopicArn, Token: confirmation.confirmationToken }),
    );
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    if (!Subscriptions?.some(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:')))
      throw new Error('the subscription is not confirmed');
  }

  emails(): readonly Email[] {
    return inbox(this.world, mailAddress);
  }

  /** Uploads a payload as a person does; returns the version that S3 gave it. */
  async upload(
    key: string,
    body: string | Uint8Array,
  ): Promise<{ bucket: string; key: string; versionId: string }> {
    const bucket = this.outputs['PayloadBucketName'] ?? '';
    const { VersionId } = await this.client(S3Client).send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }),
    );
    return { bucket, key, versionId: VersionId ?? '' };
  }

  async deleteVersion(object: { bucket: string; key: string; versionId: string }): Promise<void> {
    await this.client(S3Client).send(
      new DeleteObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        VersionId: object.versionId,
      }),
    );
  }

  get store(): VersionStore {
    const table = makeTable(this.client(DynamoDBClient), this.outputs['StateTableName'] ?? '');
    return makeVersionStore(table, imageLine(this.line));
  }

  /** All versions of the line, newest first. */
  async versions(): Promise<VersionRecord[]> {
    return this.store.newestVersions(1_000);
  }

  /** Lets time pass until nothing is claimed or building any more. */
  async buildsSettle(): Promise<VersionRecord[]> {
    const limit = this.world.scheduler.now + buildLimit;
    // An upload takes some seconds to become a claim.
    await this.world.scheduler.runFor(2 * minute);
    while (this.world.scheduler.now < limit) {
      const versions = await this.versions();
      if (!versions.some(({ state }) => state === 'claimed' || state === 'building'))
        return versions;
      await this.world.scheduler.runFor(minute);
    }
    throw new Error(`builds did not come to rest within ${buildLimit / hour} hours`);
  }
}
