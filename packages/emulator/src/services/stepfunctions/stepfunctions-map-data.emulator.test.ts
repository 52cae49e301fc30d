import { describe, expect, it } from '@jest/globals';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import { bucketPolicy, mapPolicy, mapRunFixture, outputOf } from '../../../test/map-run-fixture.ts';

const objectReader = (ReaderConfig: object): Readonly<Record<string, unknown>> => ({
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig,
    Arguments: { Bucket: 'items-bucket', Key: '{% $states.input.key %}' },
  },
});
const jsonReader = objectReader({ InputType: 'JSON' });

describe('an ItemReader of an object', () => {
  it('reads an array of JSON and shows where it came from', async () => {
    const given = await mapRunFixture();
    await given.put('lists/one.json', JSON.stringify([{ n: 1 }, { n: 2 }]));
    await given.machine({
      ...jsonReader,
      ItemSelector: {
        n: '{% $states.context.Map.Item.Value.n %}',
        source: '{% $states.context.Map.Item.Source %}',
      },
    });
    const source = 'S3://items-bucket/lists/one.json';
    expect(outputOf(await given.run({ key: 'lists/one.json' }))).toEqual([
      { n: 1, source },
      { n: 2, source },
    ]);
  });

  it('reads JSON lines', async () => {
    const given = await mapRunFixture();
    await given.put('lines', '{"n":1}\n{"n":2}\n');
    await given.machine(objectReader({ InputType: 'JSONL' }));
    expect(outputOf(await given.run({ key: 'lines' }))).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('takes no more than MaxItems', async () => {
    const given = await mapRunFixture();
    await given.put('list', '[1,2,3]');
    await given.machine(objectReader({ InputType: 'JSON', MaxItems: '{% $states.input.most %}' }));
    const executionArn = await given.start({ key: 'list', most: 2 });
    expect(outputOf(await given.settle(executionArn))).toEqual([1, 2]);
    expect((await given.mapRun(executionArn)).itemCounts?.total).toBe(2);
  });

  it.each([
    ['an object that is not there', 'nowhere', 'NoSuchKey'],
    ['JSON that is no array', 'object', 'Attempting to map over non-iterable node.'],
    ['what is no JSON', 'broken', 'not valid JSON'],
  ])('fails for %s', async (_, key, cause) => {
    const given = await mapRunFixture();
    await given.put('object', '{"a":1}');
    await given.put('broken', '[1,');
    await given.machine(jsonReader);
    const executionArn = await given.start({ key });
    const ended = await given.settle(executionArn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
    expect(ended.cause).toContain(cause);
    expect((await given.mapRun(executionArn)).status).toBe('FAILED');
  });

  it('needs s3:GetObject of the role', async () => {
    const given = await mapRunFixture();
    await given.put('list', '[1]');
    await given.machine(jsonReader, { policy: mapPolicy });
    const ended = await given.run({ key: 'list' });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
    expect(ended.cause).toContain('AccessDenied');
  });
});

describe('an ItemReader of a listing', () => {
  const listing = {
    ItemReader: {
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      Arguments: { Bucket: 'items-bucket', Prefix: 'in/' },
    },
  };

  it('runs over all objects below the prefix, page by page', async () => {
    const given = await mapRunFixture();
    for (const name of ['in/a', 'in/b', 'in/c', 'out/d']) await given.put(name, 'content');
    await given.machine(listing);
    const output = outputOf(await given.run());
    expect(output).toEqual(
      ['in/a', 'in/b', 'in/c'].map((Key) => ({
        Etag: '"9a0364b9e99bb480dd25e1f0284c8555"',
        Key,
        LastModified: expect.any(Number),
        Size: 7,
        StorageClass: 'STANDARD',
      })),
    );
  });

  it('needs s3:ListBucket of the role', async () => {
    const given = await mapRunFixture();
    await given.machine(listing, { policy: bucketPolicy.slice(0, 2) });
    expect(await given.run()).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
    });
  });
});

describe('a ResultWriter', () => {
  const writing = {
    ToleratedFailureCount: 1,
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Arguments: { Bucket: 'items-bucket', Prefix: 'results' },
    },
  };

  it('leaves the results in the bucket and outputs where they are', async () => {
    const given = await mapRunFixture();
    await given.machine(writing);
    const executionArn = await given.start([1, { fails: true }]);
    const ended = await given.settle(executionArn);
    const { mapRunArn = '', executionCounts } = await given.mapRun(executionArn);
    const id = mapRunArn.split(':').at(-1) ?? '';
    const folder = `results/${id}`;
    expect(outputOf(ended)).toEqual({
      MapRunArn: mapRunArn,
      ResultWriterDetails: { Bucket: given.bucket, Key: `${folder}/manifest.json` },
    });
    expect(executionCounts).toMatchObject({ resultsWritten: 2 });
    const read = async (Key: string): Promise<unknown> => {
      const { Body } = await given.s3.send(new GetObjectCommand({ Bucket: given.bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? 'null');
    };
    expect(await read(`${folder}/manifest.json`)).toEqual({
      DestinationBucket: given.bucket,
      MapRunArn: mapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
    expect(await read(`${folder}/SUCCEEDED_0.json`)).toEqual([
      expect.objectContaining({ Input: '1', Output: '1', Status: 'SUCCEEDED' }),
    ]);
    expect(await read(`${folder}/FAILED_0.json`)).toEqual([
      expect.objectContaining({ Error: 'Broken', Status: 'FAILED' }),
    ]);
  });

  it('lets the outputs together exceed 256 KiB', async () => {
    const given = await mapRunFixture();
    await given.machine({
      ...writing,
      Items: [1, 2, 3],
      ItemSelector: { text: '{% $states.input.text %}' },
    });
    expect((await given.run({ text: 'x'.repeat(90_000) })).status).toBe('SUCCEEDED');
  });

  it('fails when the role may not write', async () => {
    const given = await mapRunFixture();
    await given.machine(writing, { policy: mapPolicy });
    const executionArn = await given.start([1]);
    expect(await given.settle(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.ResultWriterFailed',
    });
    expect((await given.mapRun(executionArn)).executionCounts?.resultsWritten).toBe(0);
  });
});

describe('ListMapRuns', () => {
  it('refuses an execution that never was and what is no execution', async () => {
    const given = await mapRunFixture();
    const executionArn = 'arn:aws:states:eu-west-1:111111111111:execution:machine:none';
    await expect(given.sfn.send(new ListMapRunsCommand({ executionArn }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await expect(
      given.sfn.send(new ListMapRunsCommand({ executionArn: 'none' })),
    ).rejects.toMatchObject({ name: 'InvalidArn' });
  });
});

describe('ListExecutions', () => {
  it('refuses a map run that never was and what is no map run', async () => {
    const given = await mapRunFixture();
    const list = (mapRunArn: string) => given.sfn.send(new ListExecutionsCommand({ mapRunArn }));
    const arn = 'arn:aws:states:eu-west-1:111111111111:mapRun:machine/each:never';
    await expect(list(arn)).rejects.toMatchObject({ name: 'ResourceNotFound' });
    await expect(list('never')).rejects.toMatchObject({ name: 'InvalidArn' });
  });
});
