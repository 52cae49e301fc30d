import { describe, expect, it } from '@jest/globals';
import { PayloadError } from '../model/golden-error.ts';
import { parseReachAnswer } from './reach-answer.ts';
import { parseTargetAnswer } from './target-answer.ts';

const aReport = (changes: object = {}) => ({
  group: 'web',
  state: 'moving',
  size: 2,
  image: 'ami-00000000000000001',
  ...changes,
});
const anAnswer = (changes: object = {}, ...groups: object[]) => ({
  schema: 2,
  outcome: 'answered',
  warnings: [],
  groups,
  ...changes,
});
const unread = aReport({ state: 'unknown', reason: 'aws-error', detail: 'Throttling' });
const failed = { ...unread, state: 'failed' };

describe('the answer of a target', () => {
  it.each([1, 2])('is read in version %i of the messages', (schema) => {
    expect(parseTargetAnswer(anAnswer({ schema }, aReport()))).toEqual({
      outcome: 'answered',
      warnings: [],
      groups: [aReport()],
    });
  });

  it.each([0, 3, '2', undefined])('is not read in version %j', (schema) => {
    expect(() => parseTargetAnswer(anAnswer({ schema }))).toThrow(PayloadError);
  });

  it('calls a failed call what version 1 has no word for', () => {
    const groupsOf = (answer: object) => {
      const read = parseTargetAnswer(answer);
      return read.outcome === 'answered' ? read.groups : [];
    };
    expect(groupsOf(anAnswer({ schema: 1 }, failed))).toEqual([unread]);
    expect(groupsOf(anAnswer({ schema: 2 }, unread, failed))).toEqual([unread, failed]);
    const other = aReport({ state: 'failed', reason: 'no-last-good' });
    expect(groupsOf(anAnswer({ schema: 1 }, other))).toEqual([other]);
  });

  it('comes with the sentences that the handler does not carry', () => {
    const block = { reason: 'suspended-processes', processes: 'Launch' };
    const warnings = [{ reason: 'stack-managed', stack: 'shop' }];
    expect(
      parseTargetAnswer(anAnswer({}, aReport({ state: 'skipped', block, warnings }))),
    ).toMatchObject({
      groups: [
        {
          block: { reason: 'suspended-processes', sentence: expect.stringContaining('Launch') },
          warnings: [{ reason: 'stack-managed', sentence: expect.stringContaining('shop') }],
        },
      ],
    });
  });

  it('keeps the reason of a newer handler, and cuts what is a page of text', () => {
    const block = { reason: 'moon-is-full', phase: 4 };
    const detail = 'x'.repeat(5_000);
    expect(
      parseTargetAnswer(anAnswer({}, aReport({ state: 'skipped', block, detail }))),
    ).toMatchObject({
      groups: [{ block: { reason: 'moon-is-full' }, detail: 'x'.repeat(2_000) }],
    });
  });
});

describe('what reach-account gives', () => {
  it.each([
    ['an answer', anAnswer({}, aReport(), unread)],
    ['a refusal', { schema: 1, outcome: 'refused', block: { reason: 'other-line', line: 'a' } }],
  ])('is read as it was given: %s', (_, answer) => {
    const given = { outcome: 'answered', response: parseTargetAnswer(answer) };
    expect(parseReachAnswer(JSON.parse(JSON.stringify(given)))).toEqual(given);
  });

  it('is read as it was given: no answer', () => {
    const given = { outcome: 'unreachable', reason: 'role-denied', detail: 'AccessDenied' };
    expect(parseReachAnswer(given)).toEqual(given);
  });

  it.each([
    ['nothing', undefined],
    ['another outcome', { outcome: 'fine' }],
    ['a reason of nobody', { outcome: 'unreachable', reason: 'tired', detail: '' }],
    [
      'a detail too long',
      { outcome: 'unreachable', reason: 'throttled', detail: 'x'.repeat(2_001) },
    ],
    ['an answer without groups', { outcome: 'answered', response: { outcome: 'answered' } }],
    [
      'a block without its sentence',
      { outcome: 'answered', response: { outcome: 'refused', block: { reason: 'other-line' } } },
    ],
  ])('is refused when it is %s', (_, value) => {
    expect(() => parseReachAnswer(value)).toThrow(PayloadError);
  });
});
