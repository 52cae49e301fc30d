import { describe, expect, it } from '@jest/globals';
import { stopOfError } from './decide.ts';

const error = { Error: 'States.TaskFailed', Cause: 'a cause', State: 'Plan' };

describe('stopOfError', () => {
  it.each([
    ['ListTargets', 'accounts-not-listed'],
    ['Plan', 'engine-error'],
    ['', 'engine-error'],
  ])('of state "%s" is %s', (State, code) => {
    expect(stopOfError({ ...error, State }).code).toBe(code);
  });

  it('says what failed, where and why', () => {
    expect(stopOfError(error).sentence).toBe('Plan failed with States.TaskFailed: a cause');
    expect(stopOfError({ ...error, State: '' }).sentence).toMatch(/^a state failed/);
  });

  it('cuts a cause that carries a page of code', () => {
    const { sentence } = stopOfError({ ...error, Cause: 'x'.repeat(32_768) });
    expect(sentence.length).toBeLessThan(600);
  });
});
