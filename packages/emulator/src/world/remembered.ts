/** As many answers as are kept; then the oldest goes. */
const answersMax = 1_000;

/** The same function, which keeps its last answers: for what follows from its texts alone, and takes its time. */
export function remembered<T>(answer: (...texts: string[]) => T): (...texts: string[]) => T {
  const known = new Map<string, T>();
  return (...texts) => {
    const key = JSON.stringify(texts);
    const old = known.get(key);
    if (old !== undefined) return old;
    const fresh = answer(...texts);
    const [oldest] = known.size < answersMax ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, fresh);
    return fresh;
  };
}
