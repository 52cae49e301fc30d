import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '../model/golden-error.ts';
import { aPipelineArn, anImageArn } from '../model/test-builders.ts';
import { parseImageMessage, parseImageStateChange } from './image-report.ts';

const ami = {
  region: 'eu-west-1',
  image: 'ami-01a23bc4def5a6789',
  name: 'x',
  accountId: '111122223333',
};
const body = (changes: object = {}): object => ({
  versionlessArn: 'arn:aws:imagebuilder:eu-west-1:111122223333:image/golden-prod',
  arn: anImageArn(7, 2),
  name: 'golden-prod',
  version: '1.0.7',
  type: 'AMI',
  buildVersion: 2,
  state: { status: 'AVAILABLE' },
  sourcePipelineArn: aPipelineArn,
  dateCreated: 'Jul 28, 2022 1:13:45 AM',
  outputResources: { amis: [ami] },
  ...changes,
});
const message = (changes: object = {}): string =>
  // The number passes 2^53; written as text it reaches the parser as Image Builder sends it.
  JSON.stringify(body(changes)).replace('{', '{"semver":1237940039285380274899124227,');

describe('parseImageMessage', () => {
  it('reads AVAILABLE with the AMI of each Region', () => {
    expect(parseImageMessage(message())).toEqual({
      status: 'AVAILABLE',
      imageArn: anImageArn(7, 2),
      image: {
        accountId: '111122223333',
        region: 'eu-west-1',
        recipeName: 'golden-prod',
        n: 7,
        build: 2,
      },
      pipelineArn: aPipelineArn,
      amis: [{ region: 'eu-west-1', ami: 'ami-01a23bc4def5a6789', accountId: '111122223333' }],
    });
  });

  it('reads FAILED with its reason', () => {
    const failed = message({
      state: { status: 'FAILED', reason: 'bash -n said no' },
      outputResources: { amis: [] },
    });
    expect(parseImageMessage(failed)).toMatchObject({
      status: 'FAILED',
      reason: 'bash -n said no',
    });
  });

  it('does not lose a failure that gives no reason', () => {
    expect(parseImageMessage(message({ state: { status: 'FAILED' } }))).toMatchObject({
      reason: 'no reason given',
    });
  });

  it.each([
    ['a state that is no end', { state: { status: 'TESTING' } }],
    ['no state', { state: undefined }],
    ['an image of Amazon', { arn: 'arn:aws:imagebuilder:eu-west-1:aws:image/al2023/1.0.7/1' }],
    ['a version that is not ours', { arn: anImageArn(7).replace('1.0.7', '2.3.4') }],
    ['an AMI id that is none', { outputResources: { amis: [{ ...ami, image: 'latest' }] } }],
    ['an ARN without an end', { arn: 'a'.repeat(1025) }],
  ])('refuses %s', (_, changes) => {
    expect(() => parseImageMessage(message(changes))).toThrow(PayloadError);
  });

  it('throws nothing but PayloadError on any text and any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseImageMessage(text)).toThrow(PayloadError);
      }),
    );
  });
});

describe('parseImageStateChange', () => {
  const event = (status: string, changes: object = {}) => ({
    version: '0',
    source: 'aws.imagebuilder',
    'detail-type': 'EC2 Image Builder Image State Change',
    resources: [anImageArn(7)],
    detail: { 'previous-state': { status: 'TESTING' }, state: { status } },
    ...changes,
  });

  it('reads CANCELLED', () => {
    expect(parseImageStateChange(event('CANCELLED'))).toMatchObject({
      status: 'CANCELLED',
      imageArn: anImageArn(7),
      image: { n: 7, build: 1 },
    });
  });

  it.each([
    ['an end that SNS tells with more in it', event('AVAILABLE')],
    ['another source', event('CANCELLED', { source: 'aws.ec2' })],
    ['no image', event('CANCELLED', { resources: [] })],
  ])('refuses %s', (_, other) => {
    expect(() => parseImageStateChange(other)).toThrow(PayloadError);
  });

  it('throws nothing but PayloadError on any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => parseImageStateChange(value)).toThrow(PayloadError);
      }),
    );
  });
});
