import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';

/** The lists that the maps of the state machine read, since no state holds more than 256 KiB. */
export interface RolloutLists {
  /** Writes one JSON array under a key; the same key again replaces it. */
  write(key: string, items: readonly object[]): Promise<void>;
}

export const makeRolloutLists = (s3: S3Client, bucket: string): RolloutLists => ({
  write: async (key, items) => {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: JSON.stringify(items),
        ContentType: 'application/json',
      }),
    );
  },
});
