import { GetObjectCommand } from '@aws-sdk/client-s3';
import { onBehalfOf } from '../../cloudformation/actor.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import { isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';

/** Source of both: CloudFormation User Guide, "Understand CloudFormation quotas". */
const bodyBytesMax = 51_200;
const objectBytesMax = 1_000_000;

export interface TemplateSource {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
}

/**
 * The text of a template: given, in a bucket, or the one before.
 *
 * @throws AwsError ValidationError
 */
export async function readTemplateText(
  call: Call,
  source: TemplateSource,
  previous?: string,
): Promise<string> {
  const { TemplateBody: body, TemplateURL: url, UsePreviousTemplate: usePrevious } = source;
  const given = [body, url, usePrevious === true ? true : undefined].filter(
    (value) => value !== undefined,
  );
  if (given.length > 1)
    throw validationError(
      'Only one of Template URL, Template Body or previous template may be given.',
    );
  if (body !== undefined) return checkedBody(body);
  if (url !== undefined) return fetchTemplate(call, url);
  if (usePrevious === true && previous !== undefined) return previous;
  throw validationError('Either Template URL or Template Body must be specified.');
}

function checkedBody(body: string): string {
  if (Buffer.byteLength(body) > bodyBytesMax)
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${bodyBytesMax}`,
    );
  return body;
}

async function fetchTemplate(call: Call, url: string): Promise<string> {
  const place = objectAt(url);
  if (!place) throw validationError('TemplateURL must be a supported URL.');
  const { principal, via } = onBehalfOf(call);
  try {
    const output = await call.send(
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: place.key,
        ...(place.versionId === undefined ? {} : { VersionId: place.versionId }),
      }),
      { as: principal, via, ...(place.region === undefined ? {} : { region: place.region }) },
    );
    return checkedObject(output.Body);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (error.code === 'ValidationError') throw error;
    throw validationError(`S3 error: ${error.message}`);
  }
}

function checkedObject(body: unknown): string {
  const bytes =
    typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : undefined;
  if (!bytes) throw new TypeError('S3 answered a body that is neither text nor bytes');
  if (bytes.length > objectBytesMax)
    throw validationError(`Template may not exceed ${objectBytesMax} bytes in size.`);
  return bytes.toString('utf8');
}

interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly region: string | undefined;
  readonly versionId: string | undefined;
}

/** S3's URLs in both styles; on loopback, where clients find S3 here, only in path style. */
function objectAt(url: string): ObjectPlace | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, pathname, searchParams } = new URL(url);
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost';
  const host = /^(?:(.+)\.)?s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com$/.exec(hostname);
  if (!isLoopback && (!host || protocol !== 'https:')) return undefined;
  const segments = pathname
    .slice(1)
    .split('/')
    .map((segment) => decodeURIComponent(segment));
  const bucket = host?.[1] ?? segments.shift() ?? '';
  const key = segments.join('/');
  if (bucket === '' || key === '') return undefined;
  return { bucket, key, region: host?.[2], versionId: searchParams.get('versionId') ?? undefined };
}
