import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from './client-options.ts';
import { isAlreadyThere, isObjectGone } from './error-codes.ts';

/** The payload bucket, as far as `start-build` touches it. */
export interface PayloadStore {
  /** Reads exactly that object version; `gone` when it was deleted. A missing permission is an error. */
  read(object: { bucket: string; key: string; versionId: string }): Promise<Uint8Array | 'gone'>;
  /** Stores bytes under a key that names their content, so an object that is there already is the same. */
  keep(object: { bucket: string; key: string; bytes: Uint8Array }): Promise<void>;
}

export const s3ClientIn = (region: string): S3Client => new S3Client(clientOptions(region));

export const makePayloadStore = (s3: S3Client): PayloadStore => ({
  read: async ({ bucket, key, versionId }) => {
    try {
      const { Body } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
    } catch (error) {
      if (isObjectGone(error)) return 'gone';
      throw error;
    }
  },

  keep: async ({ bucket, key, bytes }) => {
    try {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ContentType: 'text/x-shellscript',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  },
});
