import { createHash } from 'node:crypto';
import { sha256 } from '../model/ids.ts';
import type { Sha256 } from '../model/ids.ts';

export const digestOf = (content: string | Uint8Array): Sha256 =>
  sha256(createHash('sha256').update(content).digest('hex'));
