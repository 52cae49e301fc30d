/**
 * A failure inside an execution, as `Retry` and `Catch` see it: `Error` is what they compare, such as `States.Timeout` or
 * `Lambda.TooManyRequestsException`.
 */
export class StateError extends Error {
  readonly error: string;
  override readonly cause: string;
  /** The field of the state whose evaluation failed, such as `Arguments/Payload`. */
  readonly location: string | undefined;

  constructor(error: string, cause: string, options: { location?: string | undefined } = {}) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.location = options.location;
  }
}
