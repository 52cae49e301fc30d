import type { Refusal } from '../model/payload-refusal.ts';
import type { Upload } from '../model/records.ts';

/** A hardening script is text that somebody reviews; a mebibyte of it is a mistake. */
export const payloadSizeBytesMax = 1_048_576;

/** Refuses what the event alone shows, so that nothing too large is ever read. */
export const refuseUpload = (
  upload: Upload,
  intake: { bucket: string; prefix: string },
): Refusal | undefined => {
  const { bucket, prefix } = intake;
  if (upload.bucket !== bucket || !upload.key.startsWith(prefix) || !upload.key.endsWith('.sh')) {
    return {
      reason: 'outside-prefix',
      sentence: `payloads are uploaded as s3://${bucket}/${prefix}<name>.sh.`,
    };
  }
  if (upload.sizeBytes > payloadSizeBytesMax) {
    return {
      reason: 'too-large',
      sentence: `it has ${upload.sizeBytes} bytes, and ${payloadSizeBytesMax} are allowed; let the script download what is large.`,
    };
  }
  return undefined;
};

export const refuseGone: Refusal = {
  reason: 'gone',
  sentence: 'that object version was deleted before it could be read; upload it again.',
};

// An interpreter may have options ("#!/bin/bash -eu"). Other shells are refused, because the component
// checks and runs every payload with bash.
const bashShebang =
  /^#! *(?:\/bin\/bash|\/usr\/bin\/bash|\/usr\/bin\/env +(?:-S +)?bash)(?:[ \t].*)?$/;

/**
 * Says why these bytes are no bash script; undefined when they are one. Whether the script is *good* is for
 * `bash -n` and the image test to say, on the build instance.
 */
export const refuseBytes = (bytes: Uint8Array): Refusal | undefined => {
  if (bytes.length === 0) {
    return { reason: 'empty', sentence: 'the object has no content.' };
  }
  const nulAt = bytes.indexOf(0);
  if (nulAt !== -1) {
    return {
      reason: 'nul-bytes',
      sentence: `there is a NUL byte at offset ${nulAt}: this is a binary file or UTF-16 text; upload a UTF-8 bash script.`,
    };
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    return { reason: 'not-utf-8', sentence: 'the text is not valid UTF-8; save it as UTF-8.' };
  }
  const firstLine = text.split('\n', 1)[0] ?? '';
  if (firstLine.startsWith('#!') && firstLine.endsWith('\r')) {
    return {
      reason: 'crlf-line-ends',
      sentence: 'lines end in CR LF, which bash cannot run; save it with LF line ends.',
    };
  }
  if (!bashShebang.test(firstLine)) {
    return {
      reason: 'no-bash-shebang',
      sentence: 'the first line must name bash, such as "#!/bin/bash" or "#!/usr/bin/env bash".',
    };
  }
  return undefined;
};

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    // A byte order mark stays in the text: the kernel does not see "#!" behind one either.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
