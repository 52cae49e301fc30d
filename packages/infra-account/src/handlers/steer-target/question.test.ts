import { describe, expect, it } from '@jest/globals';
import { aRollout, aTarget } from '@golden/shared/model/rollout-builders.ts';
import { anAmi } from '@golden/shared/model/test-builders.ts';
import { workloadRequestProblem } from '@golden/shared/payload/workload-request.ts';
import { questionFor } from './question.ts';

const actions = ['survey', 'refresh', 'status', 'rollback'] as const;
const keys = { partition: 'aws', kmsKeyId: undefined };
const rollout = aRollout({ amis: { 'eu-west-1': anAmi('2'), 'us-east-1': anAmi('3') } });
const record = aTarget();
const about = {
  schema: 2,
  line: 'prod',
  image: { ami: anAmi('2'), region: 'eu-west-1', version: '1.0.7' },
};

describe('questionFor', () => {
  it.each([
    ['survey', { ...about, action: 'survey' }],
    ['refresh', { ...about, action: 'refresh', rolloutId: 'prod-1-0-7-1' }],
    ['status', { ...about, action: 'status', rolloutId: 'prod-1-0-7-1' }],
    ['rollback', { ...about, action: 'rollback', rolloutId: 'prod-1-0-7-1', reason: 'timeout' }],
  ] as const)('asks for %s', (action, request) => {
    expect(questionFor({ record, rollout, action }, keys)).toEqual({
      account: record.account,
      region: record.region,
      request,
    });
  });

  it('names the image of the target, and the key there that it is encrypted with', () => {
    const { request } = questionFor(
      { record: aTarget({ region: 'us-east-1' }), rollout, action: 'survey' },
      { partition: 'aws-us-gov', kmsKeyId: 'mrk-0123' },
    );
    expect(request.image).toEqual({
      ami: anAmi('3'),
      region: 'us-east-1',
      version: '1.0.7',
      // The key is of the account that built the image, in the target's Region.
      kmsKeyArn: 'arn:aws-us-gov:kms:us-east-1:111122223333:key/mrk-0123',
    });
  });

  it.each(actions)(
    'puts %s so that a handler takes it, in either version of the messages',
    (action) => {
      for (const schema of [1, 2] as const)
        for (const kmsKeyId of [undefined, 'mrk-0123']) {
          const { request } = questionFor(
            { record: aTarget({ schema }), rollout, action },
            { ...keys, kmsKeyId },
          );
          expect(request.schema).toBe(schema);
          expect(workloadRequestProblem(request)).toBeUndefined();
        }
    },
  );

  it('refuses a target in a Region that the image is not in', () => {
    const elsewhere = aTarget({ region: 'ap-south-1' });
    expect(() => questionFor({ record: elsewhere, rollout, action: 'survey' }, keys)).toThrow(
      expect.objectContaining({
        code: 'value-invalid',
        message: expect.stringContaining('ap-south-1'),
      }),
    );
  });
});
