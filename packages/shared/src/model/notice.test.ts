import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageLine } from './ids.ts';
import { noticeMessage } from './notice.ts';
import type { Notice } from './notice.ts';
import { anAmi, anUpload } from './test-builders.ts';

const context = { line: imageLine('prod'), at: '2026-11-21T10:00:00.000Z' };
const { bucket, key, versionId, uploadedBy, uploadedAt } = anUpload();
const payload = { bucket, key, versionId, uploadedBy, uploadedAt };

const notices: [Notice, string, RegExp][] = [
  [
    { code: 'payload-rejected', reason: 'empty', sentence: 'the object has no content.', payload },
    'golden prod: payload rejected (empty)',
    /payloads\/harden\.sh was not accepted: the object has no content\./,
  ],
  [
    { code: 'payload-unchanged', version: '1.0.7', payload },
    'golden prod: payload unchanged 1.0.7',
    /same bytes as version 1\.0\.7/,
  ],
  [
    { code: 'payload-superseded', version: '1.0.7', payload },
    'golden prod: payload superseded 1.0.7',
    /upload it again/,
  ],
  [
    { code: 'parent-blocked', reason: 'it failed', parentAmi: anAmi(), version: '1.0.7' },
    'golden prod: parent blocked 1.0.7',
    /moved to ami-1{17}, but nothing is built on it: it failed\./,
  ],
  [
    { code: 'recipe-quota-near', recipeCount: 900, recipeCountMax: 1000 },
    'golden prod: recipe quota near',
    /900 of 1000/,
  ],
  [
    {
      code: 'image-available',
      version: '1.0.7',
      amis: { 'us-east-1': anAmi('2'), 'eu-west-1': anAmi() },
      parentAmi: anAmi(),
      payload,
    },
    'golden prod: image available 1.0.7',
    /available in eu-west-1, us-east-1\./,
  ],
  [
    { code: 'image-failed', version: '1.0.7', reason: 'bash -n said no', log: ['line 8'], payload },
    'golden prod: image failed 1.0.7',
    /failed: bash -n said no/,
  ],
  [
    { code: 'image-cancelled', version: '1.0.7', payload },
    'golden prod: image cancelled 1.0.7',
    /was cancelled/,
  ],
];

describe('noticeMessage', () => {
  it.each(notices)('tells %j to people and to programs', (notice, subject, sentence) => {
    const message = noticeMessage(notice, context);
    expect(message.subject).toBe(subject);
    const body = JSON.parse(message.body) as Record<string, unknown>;
    expect(body).toMatchObject({
      ...notice,
      line: 'prod',
      at: context.at,
      sentence: body.sentence,
    });
    expect(body.sentence).toMatch(sentence);
  });

  it('keeps the subject one short ASCII line, whatever the key is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (anyKey) => {
        const notice: Notice = {
          code: 'payload-rejected',
          reason: 'no-bash-shebang',
          sentence: anyKey,
          payload: { ...payload, key: anyKey },
        };
        const line = imageLine('l'.repeat(63));
        expect(noticeMessage(notice, { ...context, line }).subject).toMatch(/^[ -~]{1,99}$/);
      }),
    );
  });
});
