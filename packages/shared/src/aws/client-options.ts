/**
 * Options of every SDK client. The SDK's retries are the only ones inside an invocation; what still fails
 * is retried by the queue or by Lambda, minutes later, when it has a chance.
 */
export const clientOptions = (region: string): { region: string; maxAttempts: number } => ({
  region,
  maxAttempts: 4,
});
