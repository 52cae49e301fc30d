import { describe, expect, it } from '@jest/globals';
import {
  accountOfArn,
  checkResource,
  compileArnPattern,
  compileResourcePattern,
} from './arn-match.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import { parsePolicyText } from './policy-text.ts';

const pattern = (text: string) => [{ text, pattern: true }];

describe('compileArnPattern', () => {
  it.each([
    ['arn:aws:sns:eu-west-1:111111111111:topic', 'arn:aws:sns:eu-west-1:111111111111:topic', true],
    ['arn:aws:sns:eu-west-1:111111111111:topic', 'arn:aws:sns:eu-west-1:111111111111:Topic', false],
    ['arn:aws:sns:*:111111111111:*', 'arn:aws:sns:eu-west-1:111111111111:topic', true],
    ['arn:aws:sns:*:111111111111:*', 'arn:aws:sns:eu-west-1:222222222222:topic', false],
    // The example of the documentation: StringLike matches here, ArnLike does not.
    [
      'arn:aws:some:*:111122223333:finance/*',
      'arn:aws:some:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
      false,
    ],
    ['arn:aws:lambda:*:*:function:*', 'arn:aws:lambda:eu-west-1:111111111111:function:f:1', true],
    ['arn:aws:iam::111111111111:role/?', 'arn:aws:iam::111111111111:role/ab', false],
    ['arn:aws:iam::111111111111:role/*', 'role/worker', false],
    ['arn:*:*:*:*:*', 'urn:aws:iam::111111111111:role/x', false],
  ])('compares %s with %s: %s', (expected, actual, matches) => {
    expect(compileArnPattern(pattern(expected))(actual)).toBe(matches);
  });

  it('takes a substituted value literally and splits the ARN it holds', () => {
    const matches = compileArnPattern([{ text: 'arn:aws:iam::1:role/*', pattern: false }]);
    expect([matches('arn:aws:iam::1:role/*'), matches('arn:aws:iam::1:role/x')]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses a pattern that is no ARN', () => {
    expect(() => compileArnPattern(pattern('*'))).toThrow(new MalformedPolicy('* is not an arn'));
  });
});

describe('compileResourcePattern', () => {
  it.each([
    ['*', 'arn:aws:sqs:eu-west-1:111111111111:jobs', true],
    ['*', '*', true],
    ['arn:aws:sqs:eu-west-1:111111111111:jobs', 'arn:aws:sqs:eu-west-1:111111111111:jobs', true],
    ['arn:aws:sqs:eu-west-1:111111111111:jobs', 'arn:aws:sqs:eu-west-1:111111111111:Jobs', false],
    ['arn:aws:sqs:eu-west-1:111111111111:jobs', '*', false],
    ['arn:aws:sqs:*:111111111111:jobs-?', 'arn:aws:sqs:eu-west-1:111111111111:jobs-a', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/deep/key:with:colons', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket/a*z', 'arn:aws:s3:::bucket/a:b:z', true],
    ['arn:aws:s3:::bucket/a?z', 'arn:aws:s3:::bucket/a:z', true],
    ['arn:aws:logs:*:*:*', 'arn:aws:logs:eu-west-1:111111111111:log-group:/a:*', true],
    // A star at the end of a segment also matches colons, one inside of a segment does not.
    ['arn:aws:sqs:*:222:q', 'arn:aws:sqs:eu-west-1:111:x:222:q', true],
    ['arn:aws:sqs:*-1:222:q', 'arn:aws:sqs:eu-west-1:111:x-1:222:q', false],
    ['arn:aws:sqs:eu-west-?:111:q', 'arn:aws:sqs:eu-west-1:111:q', true],
    ['arn:aws:sqs:eu?west-1:111:q', 'arn:aws:sqs:eu:west-1:111:q', false],
    ['arn:aws:ec2:*', 'arn:aws:ec2:eu-west-1:111111111111:instance/i-1', true],
    ['arn:aws-cn:sqs:*:*:*', 'arn:aws:sqs:eu-west-1:111111111111:jobs', false],
  ])('compares %s with %s: %s', (expected, actual, matches) => {
    expect(compileResourcePattern(pattern(expected))(actual)).toBe(matches);
  });
});

describe('checkResource', () => {
  it.each([
    ['jobs', 'resource jobs must be in arn format or "*"'],
    ['arn:amazon:sqs:::q', 'partition "amazon" is not valid for resource arn:amazon:sqs:::q'],
    [
      'arn:aws:s*:::q',
      'resource arn:aws:s*:::q must name one service, without wildcards, as its third component',
    ],
    [
      'arn:aws:*',
      'resource arn:aws:* must name one service, without wildcards, as its third component',
    ],
    ['arn:aws:sqs', 'resource arn:aws:sqs has fewer than six components'],
    [
      'arn:aws:sqs:eu-west-1:jobs',
      'resource arn:aws:sqs:eu-west-1:jobs has fewer than six components',
    ],
    [
      'arn:aws:iam::${aws:PrincipalAccount}:role/x',
      'resource arn:aws:iam::${aws:PrincipalAccount}:role/x has a policy variable before the fifth colon',
    ],
  ])('refuses %s', (resource, message) => {
    expect(() => {
      checkResource(parsePolicyText(resource, '2012-10-17'));
    }).toThrow(new MalformedPolicy(message));
  });

  it.each(['*', 'arn:*:iam::*:role/x', 'arn:aws:ec2:*', 'arn:aws:s3:::b/${aws:username}/${*}'])(
    'accepts %s',
    (resource) => {
      expect(() => {
        checkResource(parsePolicyText(resource, '2012-10-17'));
      }).not.toThrow();
    },
  );
});

describe('accountOfArn', () => {
  it.each([
    ['arn:aws:sqs:eu-west-1:222222222222:jobs', '222222222222'],
    ['arn:aws:s3:::bucket', undefined],
    ['arn:aws:iam::aws:policy/ReadOnlyAccess', undefined],
    ['*', undefined],
  ])('finds the account of %s: %s', (arn, account) => {
    expect(accountOfArn(arn)).toBe(account);
  });
});
