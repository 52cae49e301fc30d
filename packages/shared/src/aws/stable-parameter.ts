import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { orExpected } from './error-codes.ts';

export { ssmClientIn } from './parent-images.ts';

/** The parameter by which others find the image that the whole fleet runs. */
export interface StableParameter {
  /** Undefined as long as there is no stable image. */
  read(): Promise<string | undefined>;
  write(value: string): Promise<void>;
  /** Without the parameter, this changes nothing. */
  remove(): Promise<void>;
}

/** Written here and by no template: a stack update would set it back to what the template says. */
export const makeStableParameter = (ssm: SSMClient, name: string): StableParameter => ({
  read: async () => {
    const answer = await orExpected(ssm.send(new GetParameterCommand({ Name: name })), {
      ParameterNotFound: undefined,
    });
    return answer?.Parameter?.Value;
  },

  write: async (value) => {
    await ssm.send(
      new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true }),
    );
  },

  remove: async () => {
    await orExpected(ssm.send(new DeleteParameterCommand({ Name: name })), {
      ParameterNotFound: undefined,
    });
  },
});
