/** A policy document that IAM or the owning service refuses; services turn it into their own error code. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}
