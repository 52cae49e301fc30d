/** Why a payload does not become an image. */
export const refusalReasons = [
  'outside-prefix',
  'too-large',
  'gone',
  'empty',
  'nul-bytes',
  'not-utf-8',
  'crlf-line-ends',
  'no-bash-shebang',
  'ebs-default-encryption',
  'recipe-quota',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

export interface Refusal {
  reason: RefusalReason;
  /** One sentence for the person who uploaded: what is wrong and what to do. */
  sentence: string;
}
