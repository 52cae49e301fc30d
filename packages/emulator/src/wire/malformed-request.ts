/**
 * What about a request cannot be read: which operation it means, its path, a member that the operation does not have, how its
 * body is cut into chunks, or anything else that it says.
 */
export type MalformedPart = 'operation' | 'path' | 'member' | 'chunks' | 'content';

/** The most characters of a message; it may repeat what was sent. */
const messageLengthMax = 1_000;

/** A request that no operation schema can read; the endpoint knows how each protocol says so. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
  readonly part: MalformedPart;

  constructor(
    message: string,
    options: { readonly part?: MalformedPart; readonly cause?: unknown } = {},
  ) {
    super(message.slice(0, messageLengthMax), { cause: options.cause });
    this.part = options.part ?? 'content';
  }
}
