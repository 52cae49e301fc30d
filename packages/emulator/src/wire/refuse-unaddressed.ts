import type { HttpRequest, HttpResponse } from './http.ts';

/** The REST services of AWS whose answers are XML, by signing name. Source: the protocol traits of their models. */
const restXmlServices = new Set([
  's3',
  's3express',
  's3-object-lambda',
  's3-outposts',
  'route53',
  'cloudfront',
]);

type Form = 'json' | 'rest-json' | 'query' | 'ec2' | 'rest-xml';

/** A request to a service that does not exist here, in the form in which clients of that service read errors. */
export function refuseService(request: HttpRequest, signingName: string): HttpResponse {
  return write(formOf(request, signingName), {
    code: 'UnknownService',
    message: `the service ${signingName} is not part of this emulator`,
    status: 501,
  });
}

/**
 * A request that nobody signed with signature version 4. Only S3 knows anonymous callers, whom no bucket lets in here, and the
 * older signature, which no new bucket takes.
 *
 * Source: S3 User Guide, "Signature Version 2" (buckets made after June 24, 2020); "Common errors" of the API references.
 */
export function refuseUnsigned(request: HttpRequest): HttpResponse {
  const form = formOf(request, undefined);
  switch (form) {
    case 'rest-xml':
      return write(
        form,
        isSignedByVersion2(request)
          ? {
              code: 'InvalidRequest',
              message:
                'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
              status: 400,
            }
          : { code: 'AccessDenied', message: 'Access Denied', status: 403 },
      );
    case 'query':
    case 'ec2':
      return write(form, {
        code: 'MissingAuthenticationToken',
        message: 'Request is missing Authentication Token',
        status: 403,
      });
    case 'json':
    case 'rest-json':
      return write(form, {
        code: 'MissingAuthenticationTokenException',
        message: 'Missing Authentication Token',
        status: form === 'json' ? 400 : 403,
      });
    default:
      return form satisfies never;
  }
}

const isSignedByVersion2 = ({ headers, query }: HttpRequest): boolean =>
  (headers['authorization'] ?? '').startsWith('AWS ') ||
  new URLSearchParams(query).has('AWSAccessKeyId');

function formOf(
  { headers, path, query, body }: HttpRequest,
  signingName: string | undefined,
): Form {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-amz-json')) return 'json';
  const parameters = type.startsWith('application/x-www-form-urlencoded')
    ? Buffer.from(body).toString()
    : query;
  // Query and EC2 requests name their operation and the version of their interface.
  const called = new URLSearchParams(parameters);
  if (called.has('Action') && called.has('Version'))
    return called.get('Version') === '2016-11-15' ? 'ec2' : 'query';
  if (signingName !== undefined) return restXmlServices.has(signingName) ? 'rest-xml' : 'rest-json';
  // Without a name only the path is left. That of S3 begins with a bucket; those of the others with a date or a word in capitals.
  return /^\/(\d{4}-\d{2}-\d{2}\/|[A-Z])/.test(path) ? 'rest-json' : 'rest-xml';
}

function write(
  form: Form,
  { code, message, status }: { code: string; message: string; status: number },
): HttpResponse {
  const xml = (body: string): HttpResponse => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  });
  const inner = `<Code>${code}</Code><Message>${escapeText(message)}</Message>`;
  switch (form) {
    case 'json':
    case 'rest-json':
      return {
        status,
        headers: {
          'content-type': form === 'json' ? 'application/x-amz-json-1.1' : 'application/json',
          'x-amzn-errortype': code,
        },
        body: JSON.stringify({ __type: code, message }),
      };
    case 'query':
      return xml(`<ErrorResponse><Error><Type>Sender</Type>${inner}</Error></ErrorResponse>`);
    case 'ec2':
      return xml(`<Response><Errors><Error>${inner}</Error></Errors></Response>`);
    case 'rest-xml':
      return xml(`<Error>${inner}</Error>`);
    default:
      return form satisfies never;
  }
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
