import { describe, expect, it } from '@jest/globals';
import { amiId } from '@golden/shared/model/ids.ts';
import type { VisibleImage } from '@golden/shared/model/group.ts';
import { anImage, newAmi } from '../test-builders.ts';
import { checkImage } from './check-image.ts';

const here = { region: 'eu-west-1', infraAccount: '999900001111', imagePrefix: 'golden' };
const check = (image: VisibleImage | undefined, region = 'eu-west-1') =>
  checkImage({ ami: amiId(newAmi), region, version: '1.0.2' }, image, here)?.reason;

describe('checkImage', () => {
  it('takes an available image of the infra account', () => {
    expect(check(anImage())).toBeUndefined();
  });

  it.each<[string, VisibleImage | undefined]>([
    ['image-not-visible', undefined],
    ['image-foreign-owner', anImage({ owner: '111122223333' })],
    ['image-other-name', anImage({ name: 'silver 2026' })],
    ['image-not-available', anImage({ state: 'disabled' })],
  ])('refuses: %s', (reason, image) => {
    expect(check(image)).toBe(reason);
  });

  it('refuses an image that is meant for another Region', () => {
    expect(check(anImage(), 'eu-central-1')).toBe('image-wrong-region');
  });
});
