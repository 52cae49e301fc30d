/** Something that a hostile case has brought about and that must not happen. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** The most characters of a value that a message shows. */
const shownLengthMax = 600;

export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > shownLengthMax
    ? `${text.slice(0, shownLengthMax)}... (${text.length} characters)`
    : text;
};
