import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DescribeClustersCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { ecsFixture, minutes, seconds, type EcsFixture } from '../../../test/ecs-fixture.ts';
import { cloudformation } from '../cloudformation/operations.ts';

const hours = 60 * minutes;
const get = (resource: string, attribute: string) => ({ 'Fn::GetAtt': [resource, attribute] });

const taskDefinition = (image: string) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    Family: 'shop',
    ContainerDefinitions: [
      {
        Name: 'app',
        Image: image,
        Memory: '128',
        Environment: [{ Name: 'STAGE', Value: 'test' }],
        PortMappings: [{ ContainerPort: 80 }],
      },
    ],
  },
});

const template = (image: string, desiredCount = 2) => ({
  Resources: {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'green' } },
    Task: taskDefinition(image),
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: { Ref: 'Cluster' },
        TaskDefinition: { Ref: 'Task' },
        DesiredCount: desiredCount,
        DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 200 },
        Tags: [{ Key: 'team', Value: 'shop' }],
      },
    },
  },
  Outputs: {
    Cluster: { Value: get('Cluster', 'Arn') },
    Service: { Value: { Ref: 'Service' } },
    Name: { Value: get('Service', 'Name') },
    Task: { Value: { Ref: 'Task' } },
  },
});

interface Stacks {
  readonly cfn: CloudFormationClient;
  readonly settle: (limitMs?: number) => Promise<Stack>;
}

function stacks(given: EcsFixture): Stacks {
  const cfn = given.client(CloudFormationClient);
  const settle = async (limitMs = 30 * minutes): Promise<Stack> => {
    let found: Stack | undefined;
    await given.runUntil(async () => {
      const { Stacks = [] } = await cfn.send(new DescribeStacksCommand({ StackName: 'shop' }));
      [found] = Stacks;
      return found?.StackStatus?.endsWith('_IN_PROGRESS') !== true;
    }, limitMs);
    if (!found) throw new Error('no stack');
    return found;
  };
  return { cfn, settle };
}

const create = (TemplateBody: object) =>
  new CreateStackCommand({ StackName: 'shop', TemplateBody: JSON.stringify(TemplateBody) });
const greenScript = '#!/bin/bash\necho ECS_CLUSTER=green >> /etc/ecs/ecs.config\n';
const outputsOf = ({ Outputs = [] }: Stack): Record<string, string> =>
  Object.fromEntries(
    Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );

describe('a stack with a service', () => {
  it('waits until the service is steady, updates it and takes it away', async () => {
    const given = await ecsFixture([cloudformation]);
    const { cfn, settle } = stacks(given);
    await cfn.send(create(template('nginx:1')));
    await given.world.scheduler.runFor(10 * minutes);
    const before = await cfn.send(new DescribeStacksCommand({ StackName: 'shop' }));
    expect(before.Stacks?.[0]?.StackStatus).toBe('CREATE_IN_PROGRESS');
    await given.launch(1, { script: greenScript });
    const stack = await settle();
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const outputs = outputsOf(stack);
    expect(outputs).toMatchObject({
      Cluster: 'arn:aws:ecs:eu-west-1:111111111111:cluster/green',
      Service: expect.stringMatching(
        /^arn:aws:ecs:eu-west-1:111111111111:service\/green\/shop-Service-[A-Z0-9]{12}$/,
      ),
      Task: 'arn:aws:ecs:eu-west-1:111111111111:task-definition/shop:1',
    });
    const describe = async () => {
      const { services } = await given.ecs.send(
        new DescribeServicesCommand({
          cluster: 'green',
          services: [outputs['Service'] ?? ''],
          include: ['TAGS'],
        }),
      );
      return services?.[0];
    };
    expect((await describe())?.tags).toEqual(
      expect.arrayContaining([
        { key: 'team', value: 'shop' },
        { key: 'aws:cloudformation:stack-name', value: 'shop' },
      ]),
    );

    const TemplateBody = JSON.stringify(template('nginx:2', 3));
    await cfn.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody }));
    expect((await settle()).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await describe()).toMatchObject({
      runningCount: 3,
      taskDefinition: 'arn:aws:ecs:eu-west-1:111111111111:task-definition/shop:2',
    });

    await cfn.send(new DeleteStackCommand({ StackName: 'shop' }));
    await given.world.scheduler.runFor(10 * minutes);
    expect((await describe())?.status ?? 'INACTIVE').toBe('INACTIVE');
  });

  it('fails after three hours without a place for its tasks, and leaves nothing', async () => {
    const given = await ecsFixture([cloudformation]);
    const { cfn, settle } = stacks(given);
    await cfn.send(create(template('nginx:1')));
    await given.world.scheduler.runFor(3 * hours - 60 * seconds);
    const before = await cfn.send(new DescribeStacksCommand({ StackName: 'shop' }));
    expect(before.Stacks?.[0]?.StackStatus).toBe('CREATE_IN_PROGRESS');
    expect((await settle()).StackStatus).toBe('ROLLBACK_COMPLETE');
    const { clusters } = await given.ecs.send(new DescribeClustersCommand({ clusters: ['green'] }));
    expect(clusters?.[0]).toMatchObject({ status: 'INACTIVE', activeServicesCount: 0 });
  });
});

describe('a stack with a capacity provider', () => {
  it('brings up a cluster whose service makes its own capacity', async () => {
    const given = await ecsFixture([cloudformation]);
    const { cfn, settle } = stacks(given);
    const Version = await given.nodeTemplate(greenScript);
    await cfn.send(
      create({
        Resources: {
          Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'green' } },
          Group: {
            Type: 'AWS::AutoScaling::AutoScalingGroup',
            DependsOn: 'Cluster',
            Properties: {
              MinSize: '0',
              MaxSize: '4',
              VPCZoneIdentifier: given.subnetIds,
              LaunchTemplate: { LaunchTemplateId: given.templateId, Version },
            },
          },
          Provider: {
            Type: 'AWS::ECS::CapacityProvider',
            Properties: {
              AutoScalingGroupProvider: {
                AutoScalingGroupArn: { Ref: 'Group' },
                ManagedScaling: { Status: 'ENABLED', TargetCapacity: '100' },
                ManagedTerminationProtection: 'DISABLED',
              },
            },
          },
          Association: {
            Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
            Properties: {
              Cluster: { Ref: 'Cluster' },
              CapacityProviders: [{ Ref: 'Provider' }],
              DefaultCapacityProviderStrategy: [
                { CapacityProvider: { Ref: 'Provider' }, Weight: 1 },
              ],
            },
          },
          Task: taskDefinition('nginx:1'),
          Service: {
            Type: 'AWS::ECS::Service',
            DependsOn: 'Association',
            Properties: { Cluster: { Ref: 'Cluster' }, TaskDefinition: { Ref: 'Task' } },
          },
        },
      }),
    );
    expect((await settle(60 * minutes)).StackStatus).toBe('CREATE_COMPLETE');
    const { clusters } = await given.ecs.send(new DescribeClustersCommand({ clusters: ['green'] }));
    expect(clusters?.[0]).toMatchObject({
      registeredContainerInstancesCount: 1,
      runningTasksCount: 1,
    });
    await cfn.send(new DeleteStackCommand({ StackName: 'shop' }));
    await given.world.scheduler.runFor(30 * minutes);
    const after = await given.ecs.send(new DescribeClustersCommand({ clusters: ['green'] }));
    expect(after.clusters?.[0]?.status).toBe('INACTIVE');
  });
});
