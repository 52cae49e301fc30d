import { describe, expect, it } from '@jest/globals';
import { ListQueueTagsCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { aWorld } from '../../../test/sqs-fixture.ts';
import { Deployment } from '../../cloudformation/provider.ts';
import { queuePolicyResource, queueResource } from './resources.ts';

describe('CloudFormation', () => {
  function aDeployment() {
    const world = aWorld();
    const deployment = new Deployment({
      world: world.world,
      account: '111111111111',
      region: 'eu-west-1',
      stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
      stackName: 's',
      logicalId: 'Queue',
      principal: world.admin,
      stackTags: { owner: 'me' },
    });
    return { ...world, deployment };
  }

  it('makes, changes and deletes a queue', async () => {
    const { client, deployment, attributes } = aDeployment();
    const properties = { FifoQueue: true, VisibilityTimeout: 90, Tags: [{ Key: 'a', Value: 'b' }] };
    const { physicalId, attributes: answers } = await queueResource.create(properties, deployment);
    expect(answers['QueueName']).toMatch(/^s-Queue-[A-Z2-7]{12}\.fifo$/);
    expect(await attributes(physicalId)).toMatchObject({
      QueueArn: answers['Arn'],
      VisibilityTimeout: '90',
    });
    const { Tags } = await client.send(new ListQueueTagsCommand({ QueueUrl: physicalId }));
    expect(Tags).toMatchObject({ a: 'b', owner: 'me', 'aws:cloudformation:stack-name': 's' });
    await queueResource.update?.({ FifoQueue: true, DelaySeconds: 5 }, deployment, {
      physicalId,
      previous: properties,
    });
    expect(await attributes(physicalId)).toMatchObject({
      VisibilityTimeout: '30',
      DelaySeconds: '5',
    });
    await queueResource.delete(physicalId, deployment, { properties });
    await queueResource.delete(physicalId, deployment, { properties });
    await expect(attributes(physicalId)).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it('refuses a name that is taken, though the queue is the same', async () => {
    const { deployment, create } = aDeployment();
    await create('jobs');
    await expect(queueResource.create({ QueueName: 'jobs' }, deployment)).rejects.toMatchObject({
      code: 'AlreadyExists',
    });
  });

  it('sets and removes the policy of queues', async () => {
    const { deployment, create, attributes } = aDeployment();
    const url = await create('jobs');
    const PolicyDocument = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    };
    const properties = { Queues: [url], PolicyDocument };
    const { physicalId } = await queuePolicyResource.create(properties, deployment);
    expect(JSON.parse((await attributes(url)).Policy ?? '')).toEqual(PolicyDocument);
    await queuePolicyResource.delete(physicalId, deployment, { properties });
    expect((await attributes(url)).Policy).toBeUndefined();
  });
});
