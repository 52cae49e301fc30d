import { describe, expect, it } from '@jest/globals';
import * as client from '@aws-sdk/client-imagebuilder';
import * as ssmClient from '@aws-sdk/client-ssm';
import { readServiceModel } from '../wire/model.ts';
import { PropertyError, toServiceInput } from './to-service-input.ts';

const imageBuilder = readServiceModel(client);
const ssm = readServiceModel(ssmClient);

describe('toServiceInput', () => {
  it('matches names whatever the case of the first letter, and coerces by the model', () => {
    expect(
      toServiceInput(imageBuilder, 'CreateImageRecipe', {
        Name: 'r',
        ParentImage: 'ami-1',
        Components: [{ ComponentArn: 'arn', Parameters: [{ Name: 'a', Value: ['1'] }] }],
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { VolumeSize: '30', Encrypted: 'true' } },
        ],
        Tags: { Team: 'x' },
      }),
    ).toEqual({
      name: 'r',
      parentImage: 'ami-1',
      components: [{ componentArn: 'arn', parameters: [{ name: 'a', value: ['1'] }] }],
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 30, encrypted: true } }],
      tags: { Team: 'x' },
    });
  });

  it('writes numbers and booleans as text where the model says text', () => {
    expect(
      toServiceInput(ssm, 'PutParameter', { Name: 1, Value: false, Overwrite: 'false' }),
    ).toEqual({ Name: '1', Value: 'false', Overwrite: false });
  });

  it('leaves out members that are undefined', () => {
    expect(toServiceInput(ssm, 'PutParameter', { Name: 'n', Type: undefined })).toEqual({
      Name: 'n',
    });
  });

  it.each([
    ['an unknown property', { Colour: 'red' }, '#: extraneous key [Colour] is not permitted'],
    [
      'an unknown nested property',
      { Tags: [{ Key: 'a', Colour: 'red' }] },
      '#/Tags/0: extraneous key [Colour] is not permitted',
    ],
    [
      'text for a boolean',
      { Overwrite: 'yes' },
      '#/Overwrite: expected type: Boolean, found: String "yes"',
    ],
    ['a scalar for a list', { Tags: 'a' }, '#/Tags: expected type: JSONArray, found: String "a"'],
    [
      'an object for text',
      { Value: { a: 1 } },
      '#/Value: expected type: String, found: JSONObject',
    ],
    ['null', { Value: null }, '#/Value: expected type: String, found: Null'],
    ['one member in two spellings', { Name: 'a', name: 'b' }, '#: duplicate key [name]'],
  ])('refuses %s by its path', (_, properties, message) => {
    const run = (): unknown => toServiceInput(ssm, 'PutParameter', properties);
    expect(run).toThrow(PropertyError);
    expect(run).toThrow(message);
  });

  it('refuses text that is no number', () => {
    expect(() =>
      toServiceInput(imageBuilder, 'CreateImagePipeline', {
        ImageTestsConfiguration: { TimeoutMinutes: 'soon' },
      }),
    ).toThrow(
      '#/ImageTestsConfiguration/TimeoutMinutes: expected type: Number, found: String "soon"',
    );
  });
});
