import type { HttpRequest } from './http.ts';

/** Who signed a request and for which service and Region: the credential scope of signature version 4. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
}

/** Reads the scope from the `Authorization` header or, for a presigned URL, from the query. */
export function readCredentialScope(request: HttpRequest): CredentialScope | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1];
  const credential = header ?? new URLSearchParams(request.query).get('X-Amz-Credential');
  const [accessKeyId, , region, signingName] = credential?.split('/') ?? [];
  if (accessKeyId === undefined || region === undefined || signingName === undefined)
    return undefined;
  return { accessKeyId, region, signingName };
}
