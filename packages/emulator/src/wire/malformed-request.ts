/** A request that no operation schema can read; it becomes the protocol's serialization error (HTTP 400). */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}
