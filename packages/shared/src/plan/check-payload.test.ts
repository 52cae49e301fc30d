import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anUpload } from '../model/test-builders.ts';
import { payloadSizeBytesMax, refuseBytes, refuseUpload } from './check-payload.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const intake = { bucket: 'golden-payloads', prefix: 'payloads/' };

describe('refuseUpload', () => {
  it('takes a script of exactly a mebibyte', () => {
    expect(refuseUpload(anUpload({ sizeBytes: payloadSizeBytesMax }), intake)).toBeUndefined();
  });

  it.each([
    ['one byte too many', { sizeBytes: payloadSizeBytesMax + 1 }, 'too-large'],
    ['another prefix', { key: 'builds/harden.sh' }, 'outside-prefix'],
    ['another suffix', { key: 'payloads/harden.txt' }, 'outside-prefix'],
    ['another bucket', { bucket: 'elsewhere' }, 'outside-prefix'],
    ['all of them at once', { bucket: 'elsewhere', sizeBytes: 2e9 }, 'outside-prefix'],
  ])('refuses %s before anything is read', (_, changes, reason) => {
    expect(refuseUpload(anUpload(changes), intake)).toMatchObject({ reason });
  });
});

describe('refuseBytes', () => {
  it.each([
    '#!/bin/bash\necho hello\n',
    '#!/usr/bin/bash\n',
    '#!/usr/bin/env bash\n',
    '#!/usr/bin/env -S bash -eu\n',
    '#!/bin/bash -euo pipefail\n',
    '#! /bin/bash\n',
    '#!/bin/bash',
    '#!/bin/bash\necho "h\u00e9llo \u{1f600}"\n',
    '#!/bin/bash\necho one\r\n',
  ])('takes %j', (script) => {
    expect(refuseBytes(bytes(script))).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['#!/bin/bash\n\0', 'nul-bytes'],
    ['\0', 'nul-bytes'],
    ['#!/bin/bash\r\necho\r\n', 'crlf-line-ends'],
    ['#!/bin/sh\r\n', 'crlf-line-ends'],
    ['#!/bin/sh\n', 'no-bash-shebang'],
    ['#!/usr/bin/env python3\n', 'no-bash-shebang'],
    ['#!/bin/bashful\n', 'no-bash-shebang'],
    ['#!/usr/bin/env bash-static\n', 'no-bash-shebang'],
    ['echo no shebang\n', 'no-bash-shebang'],
    ['\n#!/bin/bash\n', 'no-bash-shebang'],
    [' #!/bin/bash\n', 'no-bash-shebang'],
    ['\ufeff#!/bin/bash\n', 'no-bash-shebang'],
  ])('refuses %j as %s', (script, reason) => {
    expect(refuseBytes(bytes(script))).toMatchObject({ reason });
  });

  it.each([
    ['Latin-1', [0x23, 0x21, 0xe9, 0x0a]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ])('refuses %s as not UTF-8', (_, raw) => {
    expect(refuseBytes(Uint8Array.from(raw))).toMatchObject({ reason: 'not-utf-8' });
  });

  it('names NUL bytes first: a binary is a binary, whatever else is wrong with it', () => {
    expect(refuseBytes(Uint8Array.from([0xff, 0x00]))).toMatchObject({
      reason: 'nul-bytes',
      sentence: expect.stringContaining('offset 1'),
    });
  });

  it('has an answer for any bytes, with a sentence for whoever uploaded them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        expect(refuseBytes(raw)?.sentence ?? 'a script.').toMatch(/\.$/);
      }),
    );
  });
});
