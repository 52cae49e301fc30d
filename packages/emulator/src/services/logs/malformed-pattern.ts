/** Thrown for a filter pattern that CloudWatch Logs would not take; the message says what is wrong. */
export class MalformedPattern extends Error {
  override readonly name = 'MalformedPattern';
}

/** Patterns between percent signs are regular expressions, which CloudWatch Logs has and this emulator has not. */
export const regularExpression = (): MalformedPattern =>
  new MalformedPattern('regular expressions in filter patterns are not modelled by this emulator');
