/** What an operation throws when AWS would answer with an error. Anything else that an operation throws is a defect of the emulator. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The code on the wire, as clients match it. */
  readonly code: string;
  /** HTTP status; when left out the modelled error's own, else 400. */
  readonly status: number | undefined;
  /** Further members of the modelled error shape. */
  readonly details: Readonly<Record<string, unknown>>;
  /** HTTP headers that no schema models, such as S3's `x-amz-delete-marker` beside a 404. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      status?: number;
      details?: Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

export const isAwsError = (error: unknown, code?: string): error is AwsError =>
  error instanceof AwsError && (code === undefined || error.code === code);
