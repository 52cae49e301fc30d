import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { imageBuilderState } from './state.ts';

/**
 * Does something once per client token: the same request again gets the first answer, another one with the token is
 * refused. Requests that failed leave no trace.
 *
 * AWS does not say how long it remembers a token; here it is for ever.
 */
export function once<O extends object>(
  call: Call,
  input: TokenInput,
  run: (clientToken: string) => O,
): O {
  const known = recall<O>(call, input);
  return known.answer ?? known.keep(run(known.clientToken));
}

/** The same for work that has to ask other services first. */
export async function onceAsync<O extends object>(
  call: Call,
  input: TokenInput,
  run: (clientToken: string) => Promise<O>,
): Promise<O> {
  const known = recall<O>(call, input);
  return known.answer ?? known.keep(await run(known.clientToken));
}

interface TokenInput {
  readonly clientToken?: string | undefined;
}

interface Recalled<O> {
  readonly clientToken: string;
  readonly answer: O | undefined;
  keep(answer: O): O;
}

function recall<O extends object>(call: Call, input: TokenInput): Recalled<O> {
  const { tokens } = imageBuilderState.in(call);
  const clientToken = input.clientToken ?? '';
  const key = `${call.operationName}/${clientToken}`;
  const request = canonicalJson({ ...input, clientToken: undefined });
  const known = tokens.get(key);
  if (known && known.request !== request)
    throw new AwsError(
      'IdempotentParameterMismatchException',
      `The client token '${clientToken}' was used with other parameters.`,
    );
  return {
    clientToken,
    // The key holds the operation's name, so the answer is of its type.
    answer: known?.answer as O | undefined,
    keep(answer) {
      tokens.set(key, { request, answer });
      return answer;
    },
  };
}

/** JSON text that does not depend on the order of keys. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
