import { describe, expect, it } from '@jest/globals';
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { functionFixture } from '../../../test/function-fixture.ts';

const refused = { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } };

describe('the rate of calls', () => {
  it('is 15 a second for all operations together that have no rate of their own', async () => {
    const fixture = functionFixture([], { throttling: true });
    const lambda = fixture.client(LambdaClient);
    const list = () => lambda.send(new ListFunctionsCommand({}));
    for (let calls = 0; calls < 15; calls += 1) await list();
    await expect(list()).rejects.toMatchObject(refused);
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      lambda.send(new GetFunctionCommand({ FunctionName: 'none' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await fixture.world.scheduler.runFor(1_000);
    for (let calls = 0; calls < 15; calls += 1) await list();
    await expect(list()).rejects.toMatchObject(refused);
  });
});
