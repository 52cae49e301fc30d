import { defineState } from '../../world/state.ts';

export type ParameterType = 'String' | 'StringList';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly dataType: string;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly modifiedAt: Date;
  readonly modifiedBy: string;
  readonly tags: Map<string, string>;
}

export const ssmState = defineState('ssm', 'regional', () => ({
  parameters: new Map<string, Parameter>(),
  /** All versions that are still kept, the oldest first, by name. */
  versions: new Map<string, readonly Parameter[]>(),
}));
