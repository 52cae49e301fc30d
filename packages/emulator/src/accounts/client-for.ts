import { inProcessHandler } from '../wire/in-process-handler.ts';
import type { Credentials } from '../world/credentials.ts';
import type { World } from '../world/world.ts';

/** What every SDK client constructor takes. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
  };
  readonly maxAttempts: number;
  readonly requestHandler: ReturnType<typeof inProcessHandler>;
}

/** A real SDK client that speaks to a world without a socket, with whatever credentials; it never retries. */
export function clientFor<C>(
  world: World,
  Client: new (options: ClientOptions) => C,
  options: {
    readonly credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
    readonly region?: string;
  },
): C {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials;
  return new Client({
    region: options.region ?? 'eu-west-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    maxAttempts: 1,
    requestHandler: inProcessHandler(world),
  });
}
