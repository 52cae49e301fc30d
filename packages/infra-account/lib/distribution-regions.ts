import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

/** A Region besides the home Region; `isUsed` is false when it is empty or named before. */
export interface DistributionRegion {
  readonly parameter: CfnParameter;
  readonly isUsed: CfnCondition;
}

/** A Region that is named twice would be refused by Image Builder, so it counts once, and the home Region not at all. */
export const defineOtherRegions = (stack: Stack): DistributionRegion[] => {
  const earlier: string[] = [Aws.REGION];
  return [2, 3, 4].map((number) => {
    const parameter = new CfnParameter(stack, `Region${number}`, {
      description: `Region number ${number} that images are copied to and shared in, and that groups are moved in; the first is the Region of this stack. Empty: none.`,
      default: '',
      allowedPattern: '^(|[a-z]{2}(-[a-z]+){1,3}-[0-9])$',
      constraintDescription: 'Empty, or a Region such as eu-west-1.',
    });
    const value = parameter.valueAsString;
    const isUsed = new CfnCondition(stack, `UsesRegion${number}`, {
      expression: Fn.conditionAnd(
        isGiven(value),
        ...earlier.map((region) => Fn.conditionNot(Fn.conditionEquals(value, region))),
      ),
    });
    earlier.push(value);
    return { parameter, isUsed };
  });
};

/** Whether a parameter that may be empty has a value. */
export const isGiven = (value: string) => Fn.conditionNot(Fn.conditionEquals(value, ''));
