import { describe, expect, it } from '@jest/globals';
import { billOf, type Usage } from './bill.ts';

const nothing: Usage = {
  'state transitions of Step Functions, Standard': 0,
  'requests of Lambda': 0,
  'GB-seconds of Lambda on arm64': 0,
  'write request units of DynamoDB, on demand': 0,
  'read request units of DynamoDB, on demand': 0,
  'PUT and LIST requests of S3': 0,
  'GET requests of S3': 0,
  'GB of logs taken in by CloudWatch Logs': 0,
  'hours of a t3.medium that old and new instances run side by side': 0,
};

describe('billOf', () => {
  it('costs nothing when nothing is used', () => {
    expect(billOf(nothing)).toMatchObject({ productDollars: 0, dollars: 0 });
  });

  it('has each item, and keeps the instances of the customers apart from the product', () => {
    const bill = billOf({
      ...nothing,
      'state transitions of Step Functions, Standard': 100_000,
      'requests of Lambda': 1_000_000,
      'hours of a t3.medium that old and new instances run side by side': 100,
    });
    expect(bill.items).toMatchObject({
      'state transitions of Step Functions, Standard': { quantity: 100_000, dollars: 2.5 },
      'requests of Lambda': { quantity: 1_000_000, dollars: 0.2 },
    });
    expect(bill.productDollars).toBe(2.7);
    expect(bill.dollars).toBe(6.86);
  });
});
