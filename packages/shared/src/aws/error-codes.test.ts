import { describe, expect, it } from '@jest/globals';
import { GoldenError } from '../model/golden-error.ts';
import { hasCode, isObjectGone, isPassing, isRetryable, orExpected } from './error-codes.ts';

const anError = (name: string, more: object = {}): Error =>
  Object.assign(new Error('no'), { name }, more);

describe('error codes', () => {
  it.each([
    ['the name of the shape', anError('ResourceAlreadyExistsException')],
    ['the name on the wire', anError('ResourceAlreadyExists')],
    ['a code beside a generic name', anError('Error', { Code: 'ResourceAlreadyExistsException' })],
  ])('are found as %s', (_, error) => {
    expect(hasCode(error, 'ResourceAlreadyExists')).toBe(true);
  });

  it.each([
    ['the message', new Error('ResourceAlreadyExistsException')],
    ['a longer name', anError('ResourceAlreadyExistsSomewhereException')],
    ['what is no error', { name: 'ResourceAlreadyExistsException' }],
  ])('are not read from %s', (_, error) => {
    expect(hasCode(error, 'ResourceAlreadyExists')).toBe(false);
  });

  it('that are expected stand for a value, and any other error goes on', async () => {
    const expected = { ClusterNotFound: 'gone' };
    expect(await orExpected(Promise.resolve('here'), expected)).toBe('here');
    expect(await orExpected(Promise.reject(anError('ClusterNotFoundException')), expected)).toBe(
      'gone',
    );
    await expect(
      orExpected(Promise.reject(anError('AccessDeniedException')), expected),
    ).rejects.toThrow('no');
  });

  it.each([
    ['NoSuchKey', true],
    ['NoSuchVersion', true],
    ['MethodNotAllowed', true],
    ['InvalidArgument', true],
    ['KeyTooLongError', true],
    ['AccessDenied', false],
  ])('say of %s that the object is gone: %p', (name, gone) => {
    expect(isObjectGone(anError(name))).toBe(gone);
  });

  it.each([
    ['in use', anError('ResourceInUseException'), true],
    ['throttled', anError('ThrottlingException'), true],
    ['marked by the SDK', anError('Odd', { $retryable: {} }), true],
    ['not marked by the SDK', anError('Odd', { $retryable: undefined }), false],
    ['a fault of the service', anError('Odd', { $metadata: { httpStatusCode: 503 } }), true],
    [
      'ours and retryable',
      new GoldenError({ code: 'claim-taken', message: 'x', retryable: true }),
      true,
    ],
    ['ours and final', new GoldenError({ code: 'config-invalid', message: 'x' }), false],
    ['forbidden', anError('AccessDenied', { $metadata: { httpStatusCode: 403 } }), false],
    ['nothing', undefined, false],
  ])('call an error that is %s retryable: %#', (_, error, retryable) => {
    expect(isRetryable(error)).toBe(retryable);
  });

  it.each([
    ['throttled', anError('ThrottlingException', { $metadata: { httpStatusCode: 400 } }), true],
    ['out of order', anError('InternalFailure', { $metadata: { httpStatusCode: 500 } }), true],
    ['not reached', anError('TimeoutError', { $metadata: { attempts: 4 } }), true],
    ['refusing', anError('AccessDenied', { $metadata: { httpStatusCode: 403 } }), false],
    ['not to blame for a defect', new TypeError('x is undefined'), false],
  ])('say of an AWS that is %s whether that may pass: %#', (_, error, passing) => {
    expect(isPassing(error)).toBe(passing);
  });
});
