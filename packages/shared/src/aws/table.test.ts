import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../payload/shape.ts';
import { makeTable } from './table.ts';

/** A client that is answered in place of DynamoDB: each call gives back all that it was given, but the last. */
const aBusyClient = (refusals: number) => {
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  let calls = 0;
  client.middlewareStack.add(
    () =>
      ({ input }) => {
        calls += 1;
        const given = isRecord(input) ? input['RequestItems'] : {};
        const output = { $metadata: {}, UnprocessedItems: calls > refusals ? {} : given };
        return Promise.resolve({ response: {}, output });
      },
    { step: 'initialize' },
  );
  return { client, calls: () => calls };
};

const items = [{ key: { pk: 'a', sk: 'b' }, values: { n: 1 } }];

describe('putAll', () => {
  it.each([0, 1, 4])(
    'waits longer each time that DynamoDB gives items back: %i times',
    async (refusals) => {
      const { client, calls } = aBusyClient(refusals);
      const delays: number[] = [];
      const table = makeTable(client, 'state', {
        sleep: (milliseconds) => {
          delays.push(milliseconds);
          return Promise.resolve();
        },
      });
      await table.putAll(items);
      expect(calls()).toBe(refusals + 1);
      expect(delays).toEqual([50, 100, 200, 400].slice(0, refusals));
    },
  );

  it('gives up after a while, and says how much is left', async () => {
    const { client } = aBusyClient(1_000);
    let waited = 0;
    const table = makeTable(client, 'state', {
      sleep: (milliseconds) => {
        waited += milliseconds;
        return Promise.resolve();
      },
    });
    await expect(table.putAll(items)).rejects.toMatchObject({
      code: 'table-busy',
      message: expect.stringContaining('1 of 1 items'),
    });
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(120_000);
  });
});
