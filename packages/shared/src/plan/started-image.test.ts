import { describe, expect, it } from '@jest/globals';
import { versionNumber } from '../model/image-version.ts';
import { anImageArn } from '../model/test-builders.ts';
import { judgeStartedImage } from './started-image.ts';

const judge = (imageArn: string) =>
  judgeStartedImage({ imageArn, recipeName: 'Golden_Prod', n: versionNumber(7) }).kind;

describe('judgeStartedImage', () => {
  it.each([
    ['our version', anImageArn(7), 'ours'],
    ['a second build of our version', anImageArn(7, 2), 'ours'],
    ['a higher version', anImageArn(8), 'superseded'],
    ['a lower version', anImageArn(6), 'recipe-not-resolved'],
    [
      'a higher version of another recipe',
      anImageArn(8).replace('golden-prod', 'other'),
      'recipe-not-resolved',
    ],
    ['no ARN at all', 'something', 'recipe-not-resolved'],
  ])('takes %s for what it is', (_, imageArn, kind) => {
    expect(judge(imageArn)).toBe(kind);
  });
});
