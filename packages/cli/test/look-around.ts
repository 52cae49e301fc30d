/** One account as its administrator sees it: makes a real client of the SDK that speaks over the socket. */
export type Connect = <C>(
  Client: new (options: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  }) => C,
) => C;

/** A look at one kind of thing; what it found, as texts. */
export type Look = (connect: Connect) => Promise<readonly (string | undefined)[]>;

/** Lists are walked so far: enough for what is compared, and every page is a call. */
export const pagesMax = 12;

/** What the pages of a list hold together. */
export async function all<P, T>(
  pages: AsyncIterable<P>,
  pick: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  let count = 0;
  for await (const page of pages) {
    found.push(...(pick(page) ?? []));
    if ((count += 1) === pagesMax) break;
  }
  return found;
}

/** The same look at each of several things, one after the other. */
export async function each<T, R>(
  things: readonly T[],
  look: (thing: T) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (const thing of things) found.push(...(await look(thing)));
  return found;
}

/**
 * Looks at everything; what each look found is sorted, and where the service refused stands the code of its error.
 */
export async function lookAround(
  looks: Readonly<Record<string, Look>>,
  connect: Connect,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, look] of Object.entries(looks))
    found[name] = await look(connect).then(
      (texts) => texts.map(String).sort(),
      (error: unknown) => [`error ${error instanceof Error ? error.name : String(error)}`],
    );
  return found;
}
