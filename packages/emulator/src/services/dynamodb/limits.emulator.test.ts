import { describe, expect, it } from '@jest/globals';
import {
  BatchWriteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { TableName, withTable } from '../../../test/table-fixture.ts';

async function setUp() {
  const { client: db } = await withTable();
  const put = (pk: string, sk = 'a', more: Record<string, AttributeValue> = {}) =>
    db.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, ...more } }));
  return { db, put };
}

const refused = (message: string) => ({
  name: 'ValidationException',
  message: expect.stringContaining(message),
});

describe('limits', () => {
  it('of keys are 2,048 and 1,024 bytes of UTF-8, and one byte at least', async () => {
    const { db, put } = await setUp();
    await put('é'.repeat(1_024), 'é'.repeat(512));
    await expect(put('é'.repeat(1_024) + 'a')).rejects.toMatchObject(refused('2048 bytes'));
    await expect(put('a', 'é'.repeat(512) + 'a')).rejects.toMatchObject(refused('1024 bytes'));
    await expect(
      db.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: [
              { DeleteRequest: { Key: { pk: { S: 'é'.repeat(1_025) }, sk: { S: 'a' } } } },
            ],
          },
        }),
      ),
    ).rejects.toMatchObject(refused('2048 bytes'));
    await expect(put('')).rejects.toMatchObject(refused('empty'));
  });

  it('of nesting are 32 levels', async () => {
    const { put } = await setUp();
    const nested = (levels: number): AttributeValue =>
      levels === 0 ? { S: 'x' } : { M: { a: nested(levels - 1) } };
    await put('a', 'a', { deep: nested(31) });
    await expect(put('a', 'a', { deep: nested(33) })).rejects.toMatchObject(refused('Nesting'));
  });

  it('of expressions are 4,096 bytes, 300 operators and 100 operands of IN', async () => {
    const { db } = await setUp();
    const update = (ConditionExpression: string) =>
      db.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: { S: 'a' }, sk: { S: 'a' } },
          UpdateExpression: 'SET n = :n',
          ConditionExpression,
          ExpressionAttributeValues: { ':n': { N: '1' } },
        }),
      );
    await expect(
      update(`n = :n OR attribute_not_exists(${'a'.repeat(4_096)})`),
    ).rejects.toMatchObject(refused('Expression size has exceeded the maximum allowed size'));
    const many = Array.from({ length: 151 }, () => 'n<>:n').join(' OR ');
    await expect(update(many)).rejects.toMatchObject(refused('operators'));
    const operands = Array.from({ length: 101 }, () => ':n').join(', ');
    await expect(update(`n IN (${operands})`)).rejects.toMatchObject(refused('operands'));
  });

  it('of numbers are 38 digits and 126 powers of ten', async () => {
    const { put } = await setUp();
    await put('a', 'a', { n: { N: '9'.repeat(38) } });
    await expect(put('a', 'a', { n: { N: '9'.repeat(39) } })).rejects.toMatchObject(refused('38'));
    await expect(put('a', 'a', { n: { N: '1e126' } })).rejects.toMatchObject(refused('overflow'));
  });
});
