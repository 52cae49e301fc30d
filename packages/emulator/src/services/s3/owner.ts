import { createHash } from 'node:crypto';
import type * as client from '@aws-sdk/client-s3';

/** The canonical user id of an account: 64 hexadecimal digits that follow from it. */
const canonicalId = (account: string): string =>
  createHash('sha256').update(`canonical user ${account}`).digest('hex');

export const ownerOf = (account: string): client.Owner => ({ ID: canonicalId(account) });

/** Without ACLs the owner of the bucket owns everything in it and is all that an ACL names. */
export const ownerGrant = (account: string): client.Grant[] => [
  { Grantee: { Type: 'CanonicalUser', ID: canonicalId(account) }, Permission: 'FULL_CONTROL' },
];
