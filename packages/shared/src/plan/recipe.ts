import type { AmiId, ImageLine, Sha256 } from '../model/ids.ts';
import { versionText } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';

// Image Builder quotas: a component parameter value has at most 1,024 characters.
const parameterLengthMax = 1_024;

/** Quota "Image recipes" of Image Builder per account and Region. */
export const recipeCountMax = 1_000;
/** From here on people are told, while there is still time to clean up. */
export const recipeCountWarning = 900;

/** What makes the recipe of one version that version and no other. */
export interface RecipeContent {
  n: VersionNumber;
  parentAmi: AmiId;
  payloadSha256: Sha256;
  parameters: Readonly<Record<string, string>>;
}

/** The key under which checked bytes lie: what was checked is what is built. */
export const buildKey = (payloadSha256: Sha256): string => `builds/${payloadSha256}.sh`;

/**
 * A key is any text, and Image Builder pastes parameters into shell commands: everything but plain path
 * characters is percent-encoded. The provenance item keeps the key as it was.
 */
export const safeSourceKey = (key: string): string => {
  const encoded = Array.from(key.toWellFormed(), (character) =>
    /[A-Za-z0-9/._=+@:-]/.test(character) ? character : percentEncode(character),
  );
  return encoded.join('').slice(0, parameterLengthMax);
};

const percentEncode = (character: string): string =>
  Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

/** The parameters of the `apply-payload` component for one version. */
export const recipeContent = (version: {
  line: ImageLine;
  n: VersionNumber;
  parentAmi: AmiId;
  payload: { key: string; sha256: Sha256 };
  bucket: string;
}): RecipeContent => ({
  n: version.n,
  parentAmi: version.parentAmi,
  payloadSha256: version.payload.sha256,
  parameters: {
    PayloadUri: `s3://${version.bucket}/${buildKey(version.payload.sha256)}`,
    PayloadSha256: version.payload.sha256,
    ImageVersion: versionText(version.n),
    ImageLine: version.line,
    SourceKey: safeSourceKey(version.payload.key),
  },
});
