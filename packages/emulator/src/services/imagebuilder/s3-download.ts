import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { runScript, writeFile } from '../../image-model/index.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { requireSession } from './build-instance.ts';
import { quote, type ActionResult, type Machine } from './machine.ts';

type Entry = Readonly<Record<string, unknown>>;

const objectsMax = 1_000; // IB User Guide, S3Download: objects that one prefix may bring
const bytesPerSecond = 20_000_000; // AWS promises none; usual for a small instance

/** Downloads objects as the instance, with the rights of its role. */
export async function download(machine: Machine, entries: readonly Entry[]): Promise<ActionResult> {
  let bytes = 0;
  try {
    for (const entry of entries) bytes += await downloadEntry(machine, entry);
  } catch (error) {
    if (!isAwsError(error) && !(error instanceof DownloadProblem)) throw error;
    const message = isAwsError(error)
      ? `S3Download: ${error.code}: ${error.message}`
      : `S3Download: ${error.message}`;
    machine.log.write(machine.build.scope.now, message);
    return { outcome: 'failed', message, seconds: 1, outputs: {} };
  }
  return { outcome: 'done', message: '', seconds: 1 + bytes / bytesPerSecond, outputs: {} };
}

class DownloadProblem extends Error {
  override readonly name = 'DownloadProblem';
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

async function downloadEntry(machine: Machine, entry: Entry): Promise<number> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text(entry['source'])) ?? [];
  if (bucket === undefined || key === undefined)
    throw new DownloadProblem(`'${text(entry['source'])}' is not the URI of an object`);
  const destination = text(entry['destination']);
  // An account id without quotes is a number to YAML.
  const owner = entry['expectedBucketOwner'];
  const from = {
    bucket,
    owner: typeof owner === 'number' ? String(owner) : text(owner) || undefined,
  };
  const mayOverwrite = entry['overwrite'] !== false && entry['overwrite'] !== 'false';
  if (!key.endsWith('*')) return downloadObject(machine, from, { key, destination, mayOverwrite });
  const prefix = key.slice(0, -1);
  let bytes = 0;
  for (const found of await keysBelow(machine, from, prefix))
    bytes += await downloadObject(machine, from, {
      key: found,
      destination: `${destination.replace(/\/$/, '')}/${found.slice(prefix.length)}`,
      mayOverwrite,
    });
  return bytes;
}

interface From {
  readonly bucket: string;
  readonly owner: string | undefined;
}

async function keysBelow(machine: Machine, from: From, prefix: string): Promise<string[]> {
  const { build, instance } = machine;
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await build.scope.send(
      new ListObjectsV2Command({
        Bucket: from.bucket,
        Prefix: prefix,
        ContinuationToken: token,
        ExpectedBucketOwner: from.owner,
      }),
      { as: requireSession(build, instance) },
    );
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
    token = page.NextContinuationToken;
  } while (token !== undefined && keys.length <= objectsMax);
  if (keys.length > objectsMax)
    throw new DownloadProblem(`more than ${objectsMax} objects begin with ${prefix}`);
  return keys;
}

async function downloadObject(
  machine: Machine,
  from: From,
  file: { readonly key: string; readonly destination: string; readonly mayOverwrite: boolean },
): Promise<number> {
  const { build, instance } = machine;
  const { system } = instance;
  if (!system) throw new DownloadProblem(`the instance ${instance.id} is ${instance.state}`);
  const { Body } = await build.scope.send(
    new GetObjectCommand({ Bucket: from.bucket, Key: file.key, ExpectedBucketOwner: from.owner }),
    { as: requireSession(build, instance) },
  );
  const body: unknown = Body;
  if (!(body instanceof Uint8Array)) throw new TypeError('GetObject answered without bytes');
  const path = quote(file.destination);
  // Source: IB User Guide, S3Download: folders of the destination must exist.
  const check = await runScript(
    system,
    `test -d "$(dirname ${path})" || exit 2\n${file.mayOverwrite ? '' : `test ! -e ${path} || exit 3\n`}`,
  );
  if (check.exitCode === 2)
    throw new DownloadProblem(`the folder of ${file.destination} does not exist`);
  if (check.exitCode !== 0)
    throw new DownloadProblem(
      `File already exists and "overwrite" property for "destination" file is set to false. Cannot download.`,
    );
  await writeFile(system, file.destination, body);
  return body.length;
}
