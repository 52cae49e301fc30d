import { describe, expect, it } from '@jest/globals';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  UpdateMapRunCommand,
  SFNClient,
  TagResourceCommand,
} from '@aws-sdk/client-sfn';
import {
  echoingChild,
  machineArn,
  mapPolicy,
  mapRunFixture,
  outputOf,
} from '../../../test/map-run-fixture.ts';

const numbered = (count: number, fields: object = {}): object[] =>
  Array.from({ length: count }, (_, n) => ({ n, ...fields }));

describe('a distributed map', () => {
  it('collects the outputs in the order of the items, whichever child ends first', async () => {
    const given = await mapRunFixture();
    await given.machine({ Items: '{% $states.input.list %}' });
    const list = [{ n: 0, seconds: 30 }, { n: 1, seconds: 5 }, 'text', null, [1]];
    const ended = await given.run({ list });
    expect(ended.status).toBe('SUCCEEDED');
    expect(outputOf(ended)).toEqual(list);
  });

  it('runs over the input of the state when it has neither Items nor ItemReader', async () => {
    const given = await mapRunFixture();
    await given.machine();
    expect(outputOf(await given.run([1, 2]))).toEqual([1, 2]);
  });

  it('gives each child a member of an object as a pair', async () => {
    const given = await mapRunFixture();
    await given.machine({
      ItemSelector: {
        key: '{% $states.context.Map.Item.Key %}',
        n: '{% $states.context.Map.Item.Value %}',
      },
    });
    expect(outputOf(await given.run({ a: 1, b: 2 }))).toEqual([
      { key: 'a', n: 1 },
      { key: 'b', n: 2 },
    ]);
  });

  it('ends at once over no items', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const executionArn = await given.start([]);
    await given.pass(0);
    const ended = await given.describe(executionArn);
    expect(ended.status).toBe('SUCCEEDED');
    expect(outputOf(ended)).toEqual([]);
    const run = await given.mapRun(executionArn);
    expect(run.status).toBe('SUCCEEDED');
    expect(run.executionCounts?.total).toBe(0);
  });

  it('names the map run and its children after the machine and the label', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const { executionArn = '' } = await given.run([1]);
    const [run] = await given.mapRuns(executionArn);
    expect(run).toMatchObject({ executionArn, stateMachineArn: `${machineArn}/each` });
    expect(run?.mapRunArn).toMatch(
      /^arn:aws:states:eu-west-1:111111111111:mapRun:machine\/each:[0-9a-f-]{36}$/,
    );
    const [child] = await given.children(run?.mapRunArn);
    expect(child?.executionArn).toMatch(
      /^arn:aws:states:eu-west-1:111111111111:execution:machine\/each:[0-9a-f-]{36}$/,
    );
    expect(child).toMatchObject({
      mapRunArn: run?.mapRunArn,
      stateMachineArn: `${machineArn}/each`,
      status: 'SUCCEEDED',
    });
  });

  it('has a label of its own without one, the same in every run', async () => {
    const given = await mapRunFixture();
    await given.machine({ Label: undefined });
    const labels = [];
    for (const input of [[1], [2]]) {
      const { executionArn = '' } = await given.run(input);
      const { mapRunArn = '' } = await given.mapRun(executionArn);
      labels.push(/mapRun:machine\/([^:]+):/.exec(mapRunArn)?.[1]);
    }
    expect(labels[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(labels[1]).toBe(labels[0]);
  });

  it('notes the run in the history of the parent and not the steps of the children', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const { executionArn } = await given.run([1]);
    const types = [];
    let nextToken: string | undefined;
    do {
      const page = await given.sfn.send(
        new GetExecutionHistoryCommand({ executionArn, nextToken }),
      );
      types.push(...(page.events ?? []).map(({ type }) => type));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(types).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('counts children and items by their status', async () => {
    const given = await mapRunFixture();
    await given.machine({ MaxConcurrency: 2, ItemBatcher: { MaxItemsPerBatch: 2 } });
    const executionArn = await given.start(numbered(7));
    await given.pass(1.5);
    const going = await given.mapRun(executionArn);
    expect(going).toMatchObject({ status: 'RUNNING', executionArn, maxConcurrency: 2 });
    expect(going.executionCounts).toMatchObject({ pending: 0, running: 2, succeeded: 2, total: 4 });
    expect(going.itemCounts).toMatchObject({ pending: 0, running: 3, succeeded: 4, total: 7 });
    expect(going.stopDate).toBeUndefined();
    await given.settle(executionArn);
    const ended = await given.mapRun(executionArn);
    expect(ended.status).toBe('SUCCEEDED');
    expect(ended.itemCounts).toMatchObject({ running: 0, succeeded: 7, resultsWritten: 0 });
    expect(ended.stopDate?.getTime()).toBe((ended.startDate?.getTime() ?? 0) + 2_000);
  });

  it('runs no more children at once than MaxConcurrency says', async () => {
    const given = await mapRunFixture();
    await given.machine({
      Items: '{% $states.input.list %}',
      MaxConcurrency: '{% $states.input.width %}',
    });
    const executionArn = await given.start({ list: numbered(5), width: 3 });
    await given.pass(0.5);
    const { executionCounts } = await given.mapRun(executionArn);
    expect(executionCounts).toMatchObject({ running: 3, pending: 2 });
  });

  it('begins 100 children a second', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const executionArn = await given.start(numbered(250, { seconds: 60 }));
    const running = async (): Promise<number | undefined> =>
      (await given.mapRun(executionArn)).executionCounts?.running;
    await given.pass(0.5);
    expect(await running()).toBe(100);
    await given.pass(1);
    expect(await running()).toBe(200);
    await given.pass(1);
    expect(await running()).toBe(250);
  });

  it('runs 500 children of many rounds in little time', async () => {
    const given = await mapRunFixture();
    const rounds = {
      ...echoingChild,
      StartAt: 'Rest',
      States: {
        Rest: { Type: 'Wait', Seconds: 10, Next: 'Count' },
        Count: {
          Type: 'Pass',
          Output: '{% $states.input + 1 %}',
          Next: 'Again',
        },
        Again: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input < 20 %}', Next: 'Rest' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    };
    await given.machine({ ItemProcessor: rounds });
    const began = performance.now();
    const ended = await given.run(Array.from({ length: 500 }, () => 0));
    expect(outputOf(ended)).toEqual(Array.from({ length: 500 }, () => 20));
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('makes the same children in the same order from the same seed', async () => {
    const once = async (): Promise<unknown> => {
      const given = await mapRunFixture();
      await given.machine({ MaxConcurrency: 3, ToleratedFailureCount: 3 });
      const { executionArn = '' } = await given.run(
        numbered(12).map((item, n) => ({ ...item, seconds: 1 + (n % 3), fails: n % 4 === 3 })),
      );
      const children = await given.children((await given.mapRun(executionArn)).mapRunArn);
      return children.map(({ executionArn: arn, stopDate, status }) => [arn, stopDate, status]);
    };
    const first = await once();
    expect(first).toHaveLength(12);
    expect(await once()).toEqual(first);
  });

  it('forgets map runs after 90 days', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const { executionArn = '' } = await given.run([1]);
    const { mapRunArn } = await given.mapRun(executionArn);
    const day = 24 * 3_600;
    await given.pass(89 * day);
    await given.sfn.send(new DescribeMapRunCommand({ mapRunArn }));
    await given.pass(day);
    await expect(given.sfn.send(new DescribeMapRunCommand({ mapRunArn }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });

  it('runs maps within maps', async () => {
    const given = await mapRunFixture();
    const inner = { Type: 'Map', Label: 'inner', ItemProcessor: echoingChild, End: true };
    await given.machine({
      ItemProcessor: {
        ProcessorConfig: echoingChild.ProcessorConfig,
        StartAt: 'Inner',
        States: { Inner: inner },
      },
    });
    const lists = [[1, 2], [3]];
    const { executionArn = '', ...ended } = await given.run(lists);
    expect(outputOf(ended)).toEqual(lists);
    const [child] = await given.children((await given.mapRun(executionArn)).mapRunArn);
    const [nested] = await given.mapRuns(child?.executionArn ?? '');
    expect(nested?.mapRunArn).toContain(':mapRun:machine/inner:');
  });
});

describe('the permissions of a map run', () => {
  it('needs states:StartExecution on its own machine', async () => {
    const given = await mapRunFixture();
    await given.machine({}, { policy: [] });
    const ended = await given.run([1]);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain(
      `is not authorized to perform: states:StartExecution on resource: ${machineArn}`,
    );
  });

  it('knows the tags of the machine', async () => {
    const given = await mapRunFixture();
    const [statement] = mapPolicy;
    await given.machine(
      {},
      {
        policy: [{ ...statement, Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } } }],
      },
    );
    expect((await given.run([1])).status).toBe('FAILED');
    await given.sfn.send(
      new TagResourceCommand({ resourceArn: machineArn, tags: [{ key: 'team', value: 'blue' }] }),
    );
    expect((await given.run([1])).status).toBe('SUCCEEDED');
  });

  it('needs nothing else for items from the input', async () => {
    const given = await mapRunFixture();
    await given.machine({}, { policy: mapPolicy });
    expect((await given.run([1])).status).toBe('SUCCEEDED');
  });

  it('shows map runs to those who may see them', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const { executionArn = '' } = await given.run([1]);
    const { mapRunArn } = await given.mapRun(executionArn);
    const nobody = given.client(SFNClient, { as: await restrictedUser(given) });
    await expect(nobody.send(new DescribeMapRunCommand({ mapRunArn }))).rejects.toThrow(
      `states:DescribeMapRun on resource: ${mapRunArn ?? ''}`,
    );
    await expect(nobody.send(new ListMapRunsCommand({ executionArn }))).rejects.toThrow(
      `states:ListMapRuns on resource: ${executionArn}`,
    );
    await expect(
      nobody.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 1 })),
    ).rejects.toThrow(`states:UpdateMapRun on resource: ${mapRunArn ?? ''}`);
    // The same user may look at the execution, which is another permission.
    await nobody.send(new DescribeExecutionCommand({ executionArn }));
  });
});

/** Credentials of a user who may only describe executions. */
async function restrictedUser(given: Awaited<ReturnType<typeof mapRunFixture>>) {
  const client = given.client(IAMClient);
  await client.send(new CreateUserCommand({ UserName: 'reader' }));
  await client.send(
    new PutUserPolicyCommand({
      UserName: 'reader',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'states:DescribeExecution', Resource: '*' },
      }),
    }),
  );
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
  await given.spread();
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    sessionToken: undefined,
  };
}
