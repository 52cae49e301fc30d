// Step Functions API Reference, TaskFailedEventDetails and its like, "error" and "cause": longer texts are cut.
const errorLengthMax = 256;
const causeLengthMax = 32_768;

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
    this.error = error.slice(0, errorLengthMax);
    this.cause = cause.slice(0, causeLengthMax);
    this.location = options.location;
  }
}
