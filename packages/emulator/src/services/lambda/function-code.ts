import { createHash } from 'node:crypto';
import { invalid } from './function-name.ts';
import type { FunctionCode } from './state.ts';
import { MalformedZip, readZip } from './zip.ts';

// Lambda Developer Guide, "Lambda quotas": deployment package
const zippedBytesMax = 50 * 1024 * 1024;
const unzippedBytesMax = 250 * 1024 * 1024;

/** @throws AwsError InvalidParameterValueException */
export function readCode(zip: Uint8Array | undefined): FunctionCode {
  if (!zip) throw invalid('Please provide a source for function code.');
  if (zip.length > zippedBytesMax)
    throw invalid(
      `the deployment package has ${zip.length} bytes, at most ${zippedBytesMax} are allowed`,
    );
  const files = unpack(zip);
  const size = [...files.values()].reduce((sum, content) => sum + content.length, 0);
  if (size > unzippedBytesMax)
    throw invalid(`Unzipped size must be smaller than ${unzippedBytesMax} bytes`);
  if (files.size === 0) throw invalid('Uploaded file must be a non-empty zip');
  return {
    files: new Map([...files].map(([name, content]) => [`/var/task/${name}`, content.toString()])),
    bytes: zip.length,
    sha256: createHash('sha256').update(zip).digest('base64'),
  };
}

function unpack(zip: Uint8Array): ReadonlyMap<string, Buffer> {
  try {
    return readZip(zip);
  } catch (error) {
    if (error instanceof MalformedZip)
      throw invalid(
        'Could not unzip uploaded file. Please check your file, then try to upload again.',
      );
    throw error;
  }
}
