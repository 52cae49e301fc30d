import fc from 'fast-check';

/** Texts that have broken parsers before: names of JavaScript's own members, numbers that are none, paths, globs, markup. */
export const oddTexts = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '0x10',
  '9007199254740993',
  '99999999999999999999999999',
  '-1',
  '1.5',
  'true',
  '[]',
  '{}',
  '\u0000',
  '\u001b[2J',
  '\r\n',
  '\ufeff',
  '\ufffe',
  '\u202e',
  '\ud800',
  '💣',
  'é',
  'e\u0301',
  '../../etc/passwd',
  '/',
  '//',
  '.',
  '..',
  '*',
  '?',
  '**/*',
  '%',
  '%00',
  '%2e%2e%2f',
  '${AWS::Region}',
  '{% $states %}',
  '{{resolve:ssm:x}}',
  '$(reboot)',
  '`reboot`',
  "'; drop table x; --",
  '<a>&b;</a>',
  ']]>',
  'arn:aws:iam::111122223333:role/x',
  'arn:aws:states:eu-west-1:111122223333:execution:a:b',
  'arn:',
  'ami-0123456789abcdef0',
  '111122223333',
  'us-gov-west-1',
  '$Latest',
  '1.0.99999999999',
  '1969-12-31T23:59:59Z',
  '+275760-09-13T00:00:00.001Z',
] as const;

const pieces = ['a', 'é', '💣', '\u0000', '"', '\\', '.', '*', '../', '(a+)+', '%', '$', '{', '['];

/** Text that is long, in one of a few lengths: shrinking finds the limit between two of them soon enough. */
const longText: fc.Arbitrary<string> = fc
  .record({
    piece: fc.constantFrom(...pieces),
    count: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 60, max: 300 }) },
      { weight: 3, arbitrary: fc.constantFrom(1_000, 2_049, 10_000) },
      { weight: 1, arbitrary: fc.constantFrom(100_000) },
    ),
  })
  .map(({ piece, count }) => piece.repeat(count));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 2, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: longText },
);
