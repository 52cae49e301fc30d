import { describe, expect, it } from '@jest/globals';
import { conditionContext } from './condition-context.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import { constantParts, parsePolicyText, substitute } from './policy-text.ts';

const context = conditionContext({
  'aws:username': 'Bob',
  'aws:PrincipalTag/Team': '*',
  'aws:TagKeys': ['a'],
  'aws:EpochTime': 7,
});

const text = (source: string) =>
  substitute(parsePolicyText(source, '2012-10-17'), context)
    ?.map((part) => part.text)
    .join('');

describe('parsePolicyText', () => {
  it.each([
    ['plain', 'plain'],
    ['home/${aws:username}/x', 'home/Bob/x'],
    ['${AWS:UserName}', 'Bob'],
    ['${aws:EpochTime}', '7'],
    ["${aws:userid, 'anonymous'}", 'anonymous'],
    ["${aws:username, 'anonymous'}", 'Bob'],
    ["${aws:userid, ''}", ''],
    ['${*}${?}${$}', '*?$'],
  ])('substitutes %s with "%s"', (source, expected) => {
    expect(text(source)).toBe(expected);
  });

  it.each(['${aws:userid}', 'a${aws:userid}b', '${aws:TagKeys}'])(
    'finds no value for %s',
    (source) => {
      expect(text(source)).toBeUndefined();
    },
  );

  it.each([
    ['${aws:username', 'policy variable without end in ${aws:username'],
    ['${username}', '${username} is not a policy variable, in ${username}'],
    ['${}', '${} is not a policy variable, in ${}'],
    ["${aws:userid,'x'}", "${aws:userid,'x'} is not a policy variable, in ${aws:userid,'x'}"],
  ])('refuses %s', (source, message) => {
    expect(() => parsePolicyText(source, '2012-10-17')).toThrow(new MalformedPolicy(message));
  });

  it('treats a variable as ordinary text in version 2008-10-17', () => {
    expect(constantParts(parsePolicyText('${aws:username}', '2008-10-17'))).toEqual([
      { text: '${aws:username}', pattern: true },
    ]);
  });

  it('lets no wildcard arise from a value or from ${*}', () => {
    const parts = substitute(
      parsePolicyText('*${aws:PrincipalTag/team}${*}', '2012-10-17'),
      context,
    );
    expect(parts).toEqual([
      { text: '*', pattern: true },
      { text: '*', pattern: false },
      { text: '*', pattern: false },
    ]);
  });

  it('knows which texts need no request', () => {
    expect(constantParts(parsePolicyText('a${*}', '2012-10-17'))).toHaveLength(2);
    expect(constantParts(parsePolicyText('a${aws:username}', '2012-10-17'))).toBeUndefined();
  });
});
