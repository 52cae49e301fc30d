import { describe, expect, it } from '@jest/globals';
import { invokeFailure, roleFailure } from './reach-failure.ts';

const anError = (name: string, more: object = { $metadata: { httpStatusCode: 400 } }): Error =>
  Object.assign(new Error('no'), { name, ...more });

describe('a role that cannot be assumed', () => {
  it.each([
    ['AccessDenied', 'role-denied'],
    ['RegionDisabledException', 'region-disabled'],
    ['Throttling', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['ExpiredTokenException', 'call-failed'],
  ])('by %s makes its target unreachable: %s', (name, reason) => {
    expect(roleFailure(anError(name))).toEqual({
      outcome: 'unreachable',
      reason,
      detail: `${name}: no`,
    });
  });
});

describe('a function that cannot be invoked', () => {
  it.each([
    [anError('ResourceNotFoundException'), 'function-missing'],
    [anError('AccessDeniedException'), 'function-denied'],
    [anError('TooManyRequestsException'), 'throttled'],
    [anError('TimeoutError', {}), 'timed-out'],
    [anError('Error', { code: 'ENOTFOUND' }), 'connection-failed'],
    [anError('ServiceException', { $metadata: { httpStatusCode: 500 } }), 'call-failed'],
  ])('by %s makes its target unreachable: %s', (error, reason) => {
    expect(invokeFailure(error)).toMatchObject({ outcome: 'unreachable', reason });
  });

  it('does not hide a defect of ours', () => {
    const defect = new TypeError('x is not a function');
    expect(() => invokeFailure(defect)).toThrow(defect);
  });

  it('cuts what AWS says', () => {
    const error = Object.assign(anError('ServiceException'), { message: 'x'.repeat(1000) });
    expect(invokeFailure(error)).toMatchObject({ detail: expect.stringMatching(/^.{500}$/) });
  });
});
