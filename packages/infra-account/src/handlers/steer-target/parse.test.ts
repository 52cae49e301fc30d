import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { anAnswer, aReport, aSilence } from '@golden/shared/model/rollout-builders.ts';
import { parseSteerRequest } from './parse.ts';

const target = {
  rolloutId: 'prod-1-0-7-2',
  purpose: 'survey',
  account: '222233334444',
  region: 'eu-west-1',
};
const move = { ...target, purpose: 'move', wave: 1 };
const withState = (state: string) => ({
  outcome: 'answered',
  response: { outcome: 'answered', warnings: [], groups: [{ ...aReport(), state }] },
});
const said = { asked: 'refresh', answer: anAnswer(aReport()) };

describe('parseSteerRequest', () => {
  it.each([
    ['a survey', target],
    ['a move with its wave', move],
    ['a second look', { ...target, purpose: 'recheck' }],
    ['a target in a Region of another partition', { ...target, region: 'us-gov-west-1' }],
  ])('takes the first step of %s', (_, event) => {
    expect(parseSteerRequest(event)).toEqual({ target: event });
  });

  it.each(['survey', 'refresh', 'status', 'rollback'])('takes what was said to %s', (asked) => {
    for (const answer of [anAnswer(aReport()), aSilence()])
      expect(parseSteerRequest({ ...move, said: { asked, answer } })).toEqual({
        target: move,
        said: { asked, answer },
      });
  });

  it.each([
    ['a move in no wave', { ...target, purpose: 'move' }, /to be moved in no wave/],
    ['wave 0', { ...move, wave: 0 }, /wave/],
    ['a wave that is no whole number', { ...move, wave: 1.5 }, /wave/],
    ['another purpose', { ...target, purpose: 'rollback' }, /purpose/],
    ['an id that leads elsewhere', { ...target, rolloutId: 'a#b' }, /rolloutId/],
    ['an account that is a number', { ...target, account: 222233334444 }, /account/],
    ['an availability zone', { ...target, region: 'eu-west-1a' }, /region/],
    ['another member', { ...target, roleArn: 'x' }, /roleArn/],
    ['an answer to another question', { ...move, said: { ...said, asked: 'delete' } }, /asked/],
    ['no answer', { ...move, said: { asked: 'status' } }, /answer/],
    ['an answer without shape', { ...move, said: { ...said, answer: {} } }, /answer/],
    [
      'a group in a state that there is not',
      { ...move, said: { ...said, answer: withState('gone') } },
      /state/,
    ],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parseSteerRequest(event)).toThrow(PayloadError);
    expect(() => parseSteerRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseSteerRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
