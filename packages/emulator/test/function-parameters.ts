import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { FunctionFixture } from './function-fixture.ts';

export const value = (fixture: FunctionFixture, name: string): Promise<string | undefined> =>
  fixture
    .client(SSMClient)
    .send(new GetParameterCommand({ Name: name }))
    .then(
      ({ Parameter }) => Parameter?.Value,
      () => undefined,
    );

/** Writes parameters one after the other, counting on from what is there. */
export const counting = `
  const { SSMClient, GetParameterCommand, PutParameterCommand } = require('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  const put = (Name, Value) => client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  exports.handler = async () => {
    await put('/one', '1');
    await put('/two', '2');
    await put('/three', '3');
    return 'done';
  };`;
