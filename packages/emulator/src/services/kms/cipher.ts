import { createHash, createHmac } from 'node:crypto';

// A toy: it depends on the key and on every byte of the encryption context, as the real thing does, and protects nothing.

const magic = 'EKMS1';
export const nonceBytes = 16;
const tagBytes = 32;

export interface Sealed {
  readonly account: string;
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly body: Buffer;
}

type EncryptionContext = Readonly<Record<string, string>>;

const canonical = (context: EncryptionContext): string =>
  JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

function applyKeystream(body: Uint8Array, secret: string): Buffer {
  const blockBytes = 32; // SHA-256
  const result = Buffer.from(body);
  for (let block = 0; block * blockBytes < result.length; block++) {
    const stream = createHash('sha256').update(`${secret}\n${block}`).digest();
    for (let index = 0; index < blockBytes; index++) {
      const at = block * blockBytes + index;
      if (at < result.length) result[at] = (result[at] ?? 0) ^ (stream[index] ?? 0);
    }
  }
  return result;
}

interface Secrets {
  readonly material: string;
  readonly context: EncryptionContext;
}

const tagOf = (body: Uint8Array, nonce: Uint8Array, { material, context }: Secrets): Buffer =>
  createHmac('sha256', material).update(nonce).update(canonical(context)).update(body).digest();

/** Encrypts; the same plaintext gives another ciphertext with every nonce. */
export function seal(
  plaintext: Uint8Array,
  options: Secrets & { readonly account: string; readonly keyId: string; readonly nonce: Buffer },
): Uint8Array {
  const { account, keyId, nonce, material } = options;
  const body = applyKeystream(plaintext, `${material}\n${nonce.toString('hex')}`);
  const header = Buffer.from(`${magic}\n${account}\n${keyId}\n`);
  return Buffer.concat([header, nonce, tagOf(body, nonce, options), body]);
}

/** Takes a ciphertext apart; undefined for what is none. */
export function readSealed(blob: Uint8Array): Sealed | undefined {
  const bytes = Buffer.from(blob);
  const ends: number[] = [];
  for (let from = 0; ends.length < 3;) {
    const end = bytes.indexOf('\n', from);
    if (end === -1) return undefined;
    ends.push(end);
    from = end + 1;
  }
  const [first = 0, second = 0, third = 0] = ends;
  const rest = bytes.subarray(third + 1);
  if (bytes.subarray(0, first).toString() !== magic || rest.length < nonceBytes + tagBytes)
    return undefined;
  return {
    account: bytes.subarray(first + 1, second).toString(),
    keyId: bytes.subarray(second + 1, third).toString(),
    nonce: rest.subarray(0, nonceBytes),
    tag: rest.subarray(nonceBytes, nonceBytes + tagBytes),
    body: rest.subarray(nonceBytes + tagBytes),
  };
}

/** Decrypts; undefined when key or context are others, or a byte was changed. */
export function open(sealed: Sealed, secrets: Secrets): Uint8Array | undefined {
  if (!tagOf(sealed.body, sealed.nonce, secrets).equals(sealed.tag)) return undefined;
  return applyKeystream(sealed.body, `${secrets.material}\n${sealed.nonce.toString('hex')}`);
}
