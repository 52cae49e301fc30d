import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { readConfig, regionList } from './config.ts';

const schema = v.object({ REGIONS: regionList, NAME: v.string() });

describe('readConfig', () => {
  it('reads lists of Regions as templates join them', () => {
    expect(readConfig(schema, { REGIONS: 'eu-west-1, us-gov-west-1,,', NAME: '' })).toEqual({
      REGIONS: ['eu-west-1', 'us-gov-west-1'],
      NAME: '',
    });
  });

  it('names every wrong variable and no value', () => {
    const read = () => readConfig(schema, { REGIONS: 'secret' });
    expect(read).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(read).toThrow(/: REGIONS\.0, NAME;/);
    expect(read).not.toThrow(/secret/);
  });
});
