import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aSha256, aVersion } from '../model/test-builders.ts';
import { recipeContent, safeSourceKey } from './recipe.ts';

describe('recipeContent', () => {
  it('names the checked bytes, not the uploaded object', () => {
    expect(recipeContent({ ...aVersion(), bucket: 'golden-payloads' })).toEqual({
      n: 7,
      parentAmi: aVersion().parentAmi,
      payloadSha256: aSha256(),
      parameters: {
        PayloadUri: `s3://golden-payloads/builds/${aSha256()}.sh`,
        PayloadSha256: aSha256(),
        ImageVersion: '1.0.7',
        ImageLine: 'prod',
        SourceKey: 'payloads/harden.sh',
      },
    });
  });
});

describe('safeSourceKey', () => {
  it('leaves an ordinary key alone', () => {
    expect(safeSourceKey('payloads/Harden_2026-11.v2.sh')).toBe('payloads/Harden_2026-11.v2.sh');
  });

  it('turns what a shell or Image Builder would read into percent codes', () => {
    expect(safeSourceKey('payloads/a b"$(id)`{{ x }}\u00e9.sh')).toBe(
      'payloads/a%20b%22%24%28id%29%60%7B%7B%20x%20%7D%7D%C3%A9.sh',
    );
  });

  it('gives a harmless component parameter for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1024 }), (key) => {
        expect(safeSourceKey(key)).toMatch(/^[A-Za-z0-9/._=+@:%-]{0,1024}$/);
      }),
    );
  });
});
