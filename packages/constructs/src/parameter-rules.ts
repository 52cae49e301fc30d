import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { type Template } from './drop-redundant-dependencies.ts';

/** A parameter as it stands in a template. */
export interface TemplateParameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly ConstraintDescription?: string;
}

interface ParameterRules {
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  readonly byName: readonly { readonly name: string; readonly parameter: TemplateParameter }[];
  /** Whether CloudFormation takes the value; of a list it checks each element. */
  readonly accepts: (name: string, value: string) => boolean;
}

/** The parameters of a template and what CloudFormation would say to a value. */
export const parameterRules = (template: Template): ParameterRules => {
  const parameters = template['Parameters'] as Readonly<Record<string, TemplateParameter>>;
  return {
    parameters,
    byName: Object.entries(parameters).map(([name, parameter]) => ({ name, parameter })),
    accepts: (name, value) => {
      const parameter = parameters[name];
      if (parameter === undefined) return false;
      return (parameter.Type === 'CommaDelimitedList' ? value.split(',') : [value]).every((one) =>
        acceptsOne(parameter, one),
      );
    },
  };
};

const acceptsOne = (parameter: TemplateParameter, value: string): boolean => {
  if (parameter.AllowedValues?.includes(value) === false) return false;
  if (parameter.Type !== 'Number') return new RegExp(parameter.AllowedPattern ?? '').test(value);
  const number = Number(value);
  return number >= (parameter.MinValue ?? number) && number <= (parameter.MaxValue ?? number);
};

/** CloudFormation checks that such values exist, which is more than a pattern could say. */
export const isCheckedByAws = ({ Type }: TemplateParameter): boolean => Type.startsWith('AWS::');

export const isConstrained = (parameter: TemplateParameter): boolean =>
  parameter.AllowedPattern !== undefined ||
  parameter.AllowedValues !== undefined ||
  (parameter.MinValue !== undefined && parameter.MaxValue !== undefined);

/**
 * The entries of `parameters/<name>.json`: `Key=Value` texts, the one form of `--parameter-overrides file://` that both
 * major versions of the AWS CLI take.
 */
export const parameterFile = (
  name: string,
): readonly { readonly ParameterKey: string; readonly ParameterValue: string }[] => {
  const file = fileURLToPath(new URL(`../../../parameters/${name}.json`, import.meta.url));
  return (JSON.parse(readFileSync(file, 'utf8')) as string[]).map((line) => {
    const [, ParameterKey = '', ParameterValue = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return { ParameterKey, ParameterValue };
  });
};
