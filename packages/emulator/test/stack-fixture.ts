import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  paginateDescribeStackEvents,
  type CreateStackCommandInput,
  type Stack,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { NotReadyYet, type ResourceProvider } from '../src/cloudformation/provider.ts';
import { cloudformation } from '../src/services/cloudformation/operations.ts';
import { ssm } from '../src/services/ssm/operations.ts';
import { AwsError } from '../src/world/aws-error.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';

const never = Number.POSITIVE_INFINITY;

/**
 * A resource type of no service, whose templates say how it goes wrong: `Fails` names the verb that fails, `ReadyAfter`
 * how often it is not ready yet. It takes 30 seconds to make.
 */
function widgetProvider(log: string[]): ResourceProvider {
  const attempts = new Map<string, number>();
  const fail = (properties: Readonly<Record<string, unknown>>, verb: string): void => {
    if (properties['Fails'] === verb) throw new AwsError('WidgetException', `no ${verb} today`);
  };
  return {
    type: 'Test::Widget::Item',
    properties: ['Fails', 'Kind', 'ReadyAfter', 'Size', 'Tags', 'WidgetName'],
    required: ['Size'],
    createOnly: ['Kind', 'WidgetName'],
    createSeconds: 30,
    create: (properties, deployment) => {
      const tried = (attempts.get(deployment.logicalId) ?? 0) + 1;
      attempts.set(deployment.logicalId, tried);
      const readyAfter = properties['ReadyAfter'] === 'never' ? never : properties['ReadyAfter'];
      if (typeof readyAfter === 'number' && tried <= readyAfter)
        throw new NotReadyYet('the widget is not ready');
      fail(properties, 'create');
      const own = properties['WidgetName'];
      const physicalId =
        typeof own === 'string' ? own : deployment.generateName({ lengthMax: 40, lowerCase: true });
      log.push(`create ${deployment.logicalId} ${JSON.stringify(properties['Size'])}`);
      return Promise.resolve({ physicalId, attributes: attributesOf(physicalId, properties) });
    },
    update: (properties, deployment, { physicalId, previous }) => {
      fail(properties, 'update');
      log.push(
        `update ${deployment.logicalId} ${JSON.stringify(previous['Size'])} to ${JSON.stringify(properties['Size'])}`,
      );
      return Promise.resolve({ physicalId, attributes: attributesOf(physicalId, properties) });
    },
    delete: (_, deployment, { properties }) => {
      fail(properties, 'delete');
      log.push(`delete ${deployment.logicalId} ${JSON.stringify(properties['Size'])}`);
      return Promise.resolve();
    },
  };
}

const attributesOf = (physicalId: string, properties: Readonly<Record<string, unknown>>) => ({
  Arn: `arn:aws:widget:::${physicalId}`,
  Size: String(properties['Size']),
});

/** Stands for a type that needs an acknowledgement. */
const roleProvider: ResourceProvider = {
  type: 'AWS::IAM::Role',
  properties: ['RoleName'],
  required: [],
  createOnly: ['RoleName'],
  create: (_, deployment) =>
    Promise.resolve({ physicalId: deployment.generateName({ lengthMax: 64 }), attributes: {} }),
  delete: () => Promise.resolve(),
};

export interface StackFixture extends ServiceFixture {
  readonly cfn: CloudFormationClient;
  /** What was done to widgets, in order. */
  readonly log: readonly string[];
  create(name: string, template: object, input?: Partial<CreateStackCommandInput>): Promise<string>;
  update(name: string, template: object, input?: Partial<UpdateStackCommandInput>): Promise<Stack>;
  /** Creates and waits until nothing goes on any more. */
  deploy(name: string, template: object, input?: Partial<CreateStackCommandInput>): Promise<Stack>;
  /** Lets time pass until a stack is in no `*_IN_PROGRESS` status. */
  settle(nameOrId: string): Promise<Stack>;
  describe(nameOrId: string): Promise<Stack>;
  /** `<logical id> <status>` and the reason, oldest first. */
  events(nameOrId: string): Promise<string[]>;
}

const settleLimitMs = 3_600_000;

/** A world with CloudFormation, Parameter Store and widgets. */
export function stackFixture(others: readonly ServiceDefinition[] = []): StackFixture {
  const log: string[] = [];
  const withWidgets: ServiceDefinition = {
    ...ssm,
    resources: [
      ...(ssm.resources ?? []),
      widgetProvider(log),
      ...(others.some(({ name }) => name === 'iam') ? [] : [roleProvider]),
    ],
  };
  const fixture = serviceFixture([cloudformation, withWidgets, ...others]);
  const cfn = fixture.client(CloudFormationClient);
  const describe = async (nameOrId: string): Promise<Stack> => {
    const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({ StackName: nameOrId }));
    if (!Stacks[0]) throw new Error(`no stack ${nameOrId}`);
    return Stacks[0];
  };
  const settle = async (nameOrId: string): Promise<Stack> => {
    const { StackId = nameOrId } = await describe(nameOrId);
    for (let waited = 0; waited < settleLimitMs; waited += 1_000) {
      const stack = await describe(StackId);
      if (stack.StackStatus?.endsWith('_IN_PROGRESS') !== true) return stack;
      await fixture.world.scheduler.runFor(1_000);
    }
    throw new Error(`${nameOrId} does not come to an end`);
  };
  const create: StackFixture['create'] = async (name, template, input = {}) => {
    const TemplateBody = JSON.stringify(template);
    const { StackId = '' } = await cfn.send(
      new CreateStackCommand({ StackName: name, TemplateBody, ...input }),
    );
    return StackId;
  };
  return {
    ...fixture,
    cfn,
    log,
    create,
    describe,
    settle,
    deploy: async (name, template, input) => settle(await create(name, template, input)),
    async update(name, template, input = {}) {
      const TemplateBody = JSON.stringify(template);
      await cfn.send(new UpdateStackCommand({ StackName: name, TemplateBody, ...input }));
      return settle(name);
    },
    async events(nameOrId) {
      const lines: string[] = [];
      const pages = paginateDescribeStackEvents({ client: cfn }, { StackName: nameOrId });
      for await (const { StackEvents = [] } of pages)
        for (const event of StackEvents)
          lines.push(
            [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason]
              .filter((part) => part !== undefined && part !== '')
              .join(' '),
          );
      return lines.reverse();
    },
  };
}
