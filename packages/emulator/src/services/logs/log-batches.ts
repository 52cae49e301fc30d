/** A line on its way to a log stream. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

// CloudWatch Logs API Reference, PutLogEvents: 1,048,576 bytes with 26 for each event, 10,000 events
const batchBytesMax = 1_000_000;
const batchEventsMax = 10_000;
const eventBytes = 26;

/** Cuts lines into parts that one PutLogEvents takes, as services do that hand lines on. */
export function* logBatches(lines: readonly LogLine[]): Generator<LogLine[]> {
  let batch: LogLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.message) + eventBytes;
    if (batch.length >= batchEventsMax || (batch.length > 0 && bytes + size > batchBytesMax)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
