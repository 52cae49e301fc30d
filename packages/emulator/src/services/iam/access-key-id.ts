import type { Scope } from '../../world/scope.ts';

// As in AWS, an access key id carries the account, so that `sts:GetAccessKeyInfo` needs no record of the key.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const accountDigits = 8; // 40 bits hold every account id
const randomDigits = 8;

/** `AKIA` for keys of users, `ASIA` for temporary ones; then 16 upper-case letters and digits. */
export function newAccessKeyId(scope: Scope, prefix: 'AKIA' | 'ASIA'): string {
  let rest = Number(scope.account);
  let account = '';
  for (let digit = 0; digit < accountDigits; digit++) {
    account = alphabet.charAt(rest % alphabet.length) + account;
    rest = Math.floor(rest / alphabet.length);
  }
  return prefix + account + scope.code('access-key', randomDigits);
}

/** The account of an access key id, or undefined for what is none. */
export function accountOfAccessKeyId(id: string): string | undefined {
  const digits = /^A[KS]IA([A-Z2-7]{8})[A-Z2-7]{8}$/.exec(id)?.[1];
  if (digits === undefined) return undefined;
  let account = 0;
  for (const digit of digits.match(/./g) ?? [])
    account = account * alphabet.length + alphabet.indexOf(digit);
  return String(account).padStart(12, '0');
}
