import { describe, expect, it } from '@jest/globals';
import { DescribeStateMachineCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';
import { stepFunctionsThrottle } from './request-rates.ts';

describe('the rate of calls', () => {
  it('has a bucket of its own for each operation, which fills up with time', async () => {
    const fixture = stateMachineFixture([], { throttling: true });
    const machine = await fixture.machine({ Only: { Type: 'Succeed' } });
    const executionArn = await fixture.start(machine);
    const list = () => fixture.sfn.send(new ListMapRunsCommand({ executionArn }));
    for (let calls = 0; calls < 100; calls += 1) await list();
    await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await fixture.sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machine }));
    await fixture.world.scheduler.runFor(1_000);
    await list();
    await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it.each([
    ['eu-west-1', 1_300, 300],
    ['eu-central-1', 800, 150],
  ])('for StartExecution is that of %s', (region, sizeMax, tokensPerSecond) => {
    expect(stepFunctionsThrottle.demandsOf('StartExecution', {}, region)).toEqual([
      { bucket: { name: 'StartExecution', sizeMax, tokensPerSecond }, tokens: 1 },
    ]);
  });
});
