import { describe, expect, it } from '@jest/globals';
import { readFunctionResult } from './function-result.ts';

describe('the result of an invocation', () => {
  it('is the answer', () => {
    expect(
      readFunctionResult({
        functionError: undefined,
        payload: '{"schema":1,"outcome":"answered","warnings":[],"groups":[]}',
      }),
    ).toEqual({ outcome: 'answered', response: { outcome: 'answered', warnings: [], groups: [] } });
  });

  it.each([
    ['Sandbox.Timedout', 'timed-out'],
    ['Runtime.ExitError', 'function-failed'],
    ['GoldenError.config-invalid', 'function-failed'],
  ])('that reports %s makes the target unreachable: %s', (errorType, reason) => {
    const payload = JSON.stringify({ errorType, errorMessage: 'why' });
    expect(readFunctionResult({ functionError: 'Unhandled', payload })).toEqual({
      outcome: 'unreachable',
      reason,
      detail: `${errorType}: why`,
    });
  });

  it.each(['', 'oops', '[]', 'null'])('is a failure even if the report is %j', (payload) => {
    expect(readFunctionResult({ functionError: 'Unhandled', payload })).toEqual({
      outcome: 'unreachable',
      reason: 'function-failed',
      detail: 'unknown: unknown',
    });
  });

  it('that is no answer of a handler is none', () => {
    expect(readFunctionResult({ functionError: undefined, payload: 'oops' })).toMatchObject({
      reason: 'answer-invalid',
    });
  });

  it('has to be small enough to be looked at', () => {
    const payload = JSON.stringify('x'.repeat(200_000));
    expect(readFunctionResult({ functionError: undefined, payload })).toMatchObject({
      reason: 'answer-too-large',
    });
  });

  it.each([
    [500, 'answered'],
    [1_000, 'unreachable'],
  ])('has to be small enough to be passed on with its sentences: %i groups', (count, outcome) => {
    const warnings = [{ reason: 'stack-managed', stack: 'ecs-workload' }];
    const group = { group: 'web', state: 'ready', size: 2, image: 'ami-1', warnings };
    const payload = JSON.stringify({
      schema: 1,
      outcome: 'answered',
      warnings: [],
      groups: Array.from({ length: count }, () => group),
    });
    expect(payload.length).toBeLessThan(200_000);
    expect(readFunctionResult({ functionError: undefined, payload })).toMatchObject({
      outcome,
      ...(outcome === 'unreachable' && { reason: 'answer-too-large' }),
    });
  });
});
