import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  accountOfPipeline,
  isPipelineArn,
  normalizedName,
  parseImageBuildArn,
  parseRecipeArn,
  recipeArn,
} from './image-builder-arn.ts';
import { versionNumber } from './image-version.ts';
import { aPipelineArn, anImageArn } from './test-builders.ts';

describe('Image Builder ARNs', () => {
  it('tell what an image build is', () => {
    expect(parseImageBuildArn(anImageArn(7, 2))).toEqual({
      accountId: '111122223333',
      region: 'eu-west-1',
      recipeName: 'golden-prod',
      n: 7,
      build: 2,
    });
  });

  it.each([
    ['without a build', 'arn:aws:imagebuilder:eu-west-1:111122223333:image/golden-prod/1.0.7'],
    ['with a wildcard', 'arn:aws:imagebuilder:eu-west-1:111122223333:image/golden-prod/1.0.x/1'],
    ['of a recipe', 'arn:aws:imagebuilder:eu-west-1:111122223333:image-recipe/golden-prod/1.0.7'],
    ['of Amazon', 'arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/1.0.7/1'],
    ['with build 0', 'arn:aws:imagebuilder:eu-west-1:111122223333:image/golden-prod/1.0.7/0'],
    ['with more behind', `${anImageArn(7)}/x`],
  ])('refuse one %s', (_, arn) => {
    expect(parseImageBuildArn(arn)).toBeUndefined();
  });

  it('never throw on any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseImageBuildArn(text)).toBeUndefined();
        expect(parseRecipeArn(text)).toBeUndefined();
        expect(isPipelineArn(text)).toBe(false);
      }),
    );
  });

  it('make a recipe ARN in the account, Region and partition of the pipeline', () => {
    const arn = recipeArn({
      pipelineArn: aPipelineArn.replace('arn:aws:', 'arn:aws-us-gov:'),
      recipeName: 'Golden_Prod',
      n: versionNumber(7),
    });
    expect(arn).toBe(
      'arn:aws-us-gov:imagebuilder:eu-west-1:111122223333:image-recipe/golden-prod/1.0.7',
    );
    expect(parseRecipeArn(arn)).toEqual({ recipeName: 'golden-prod', n: 7 });
  });

  it('name the account of a pipeline', () => {
    expect(isPipelineArn(aPipelineArn)).toBe(true);
    expect(accountOfPipeline(aPipelineArn)).toBe('111122223333');
  });

  it('treat names as Image Builder does', () => {
    expect(normalizedName('My Line_2')).toBe('my-line-2');
  });
});
