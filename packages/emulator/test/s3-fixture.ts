import * as s3Client from '@aws-sdk/client-s3';
import { s3 } from '../src/services/s3/operations.ts';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';

export const Bucket = 'my-bucket';
export const otherAccount = '222222222222';

export const location = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };

/** A world with one bucket, `my-bucket`. */
export interface S3Fixture {
  readonly fixture: ServiceFixture;
  readonly client: s3Client.S3Client;
  readonly put: (
    Key: string,
    Body?: s3Client.PutObjectCommandInput['Body'],
    rest?: Partial<s3Client.PutObjectCommandInput>,
  ) => Promise<s3Client.PutObjectCommandOutput>;
  readonly read: (Key: string, VersionId?: string) => Promise<string | undefined>;
}

export async function withBucket(versioning?: 'Enabled'): Promise<S3Fixture> {
  const fixture = serviceFixture([s3]);
  const client = fixture.client(s3Client.S3Client);
  await client.send(new s3Client.CreateBucketCommand({ Bucket, ...location }));
  if (versioning)
    await client.send(
      new s3Client.PutBucketVersioningCommand({
        Bucket,
        VersioningConfiguration: { Status: versioning },
      }),
    );
  return {
    fixture,
    client,
    put: (Key, Body = 'x', rest = {}) =>
      client.send(new s3Client.PutObjectCommand({ Bucket, Key, Body, ...rest })),
    read: async (Key, VersionId) => {
      const { Body } = await client.send(new s3Client.GetObjectCommand({ Bucket, Key, VersionId }));
      return Body?.transformToString();
    },
  };
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof s3Client.S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** The code and status that a call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<[string, number | undefined]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return [error.name, statusOf(error)];
  }
  throw new Error('the call was not refused');
}
