import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GoldenError } from '../model/golden-error.ts';
import { isAmiId } from '../model/ids.ts';
import type { AmiId } from '../model/ids.ts';
import { clientOptions } from './client-options.ts';

export interface ParentImages {
  /**
   * The AMI that `parent` means now: itself, or the value of the public parameter with that name.
   *
   * @throws GoldenError `parent-not-an-image`
   */
  resolve(parent: string): Promise<AmiId>;
}

export const ssmClientIn = (region: string): SSMClient => new SSMClient(clientOptions(region));

export const makeParentImages = (ssm: SSMClient): ParentImages => ({
  resolve: async (parent) => {
    if (isAmiId(parent)) return parent;
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: parent, WithDecryption: false }),
    );
    const value = Parameter?.Value;
    if (isAmiId(value)) return value;
    throw new GoldenError({
      code: 'parent-not-an-image',
      message: `the value of parameter ${parent} is not an AMI id; name one that ends in image_id`,
      details: { parent },
    });
  },
});
