/** Every way in which this product fails on purpose. Alarms and runbooks use the same words. */
export type ErrorCode =
  | 'build-not-recorded-yet'
  | 'claim-moves-exhausted'
  | 'claim-taken'
  | 'config-invalid'
  | 'event-refused'
  | 'groups-unknown'
  | 'page-limit-reached'
  | 'parent-not-an-image'
  | 'payload-invalid'
  | 'races-lost'
  | 'stored-item-invalid'
  | 'stored-item-missing'
  | 'table-busy'
  | 'unexpected-answer'
  | 'value-invalid';

export interface GoldenErrorOptions {
  code: ErrorCode;
  /** Lower case, the wrong value, what to do about it. */
  message: string;
  /** True when the same call may succeed later without anybody changing anything. */
  retryable?: boolean;
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** The base of all errors of this product; tell them apart by `code`, never by the message. */
export class GoldenError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: GoldenErrorOptions) {
    super(options.message, { cause: options.cause });
    // The class name would be lost in the minified bundle; this is what Lambda reports as the type of an error.
    this.name = `GoldenError.${options.code}`;
    this.code = options.code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Input from outside that does not have the shape it must have; sending it again cannot help. */
export class PayloadError extends GoldenError {
  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super({ code: 'payload-invalid', message, details });
  }
}
