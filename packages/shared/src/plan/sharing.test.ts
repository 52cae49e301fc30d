import { describe, expect, it } from '@jest/globals';
import { refuseUnshareable } from './sharing.ts';

const awsKey = { encrypted: true, kmsKeyId: 'alias/aws/ebs' };
const ownKey = { encrypted: true, kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234' };
const region = (name: string, changes: { encrypted: boolean; kmsKeyId?: string }) => ({
  region: name,
  ...changes,
});

describe('refuseUnshareable', () => {
  it.each([
    ['no default encryption', [region('eu-west-1', { encrypted: false })], ''],
    ['a customer key as the default', [region('eu-west-1', ownKey)], ''],
    ['an own key for the image', [region('eu-west-1', awsKey)], 'mrk-1234'],
  ])('lets a build go with %s', (_, defaults, amiKmsKeyId) => {
    expect(refuseUnshareable({ defaults, amiKmsKeyId })).toBeUndefined();
  });

  it('names every Region whose default would make the image unshareable', () => {
    const defaults = [
      region('eu-west-1', { encrypted: false }),
      region('us-east-1', awsKey),
      region('us-west-2', {
        encrypted: true,
        kmsKeyId: 'arn:aws:kms:us-west-2:111122223333:alias/aws/ebs',
      }),
    ];
    expect(refuseUnshareable({ defaults, amiKmsKeyId: '' })).toMatchObject({
      reason: 'ebs-default-encryption',
      sentence: expect.stringContaining('in us-east-1, us-west-2,'),
    });
  });
});
