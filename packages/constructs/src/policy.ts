import { Aws, type CfnCondition, Fn, type IResolvable } from 'aws-cdk-lib';

/** Operator -> key -> values; either may depend on a condition of the template. */
type Condition =
  Readonly<Record<string, Readonly<Record<string, unknown>> | IResolvable>> | IResolvable;

/** One IAM statement: as it stands in the template, and why it needs a wildcard, if it has one. */
export interface Statement {
  readonly template: StatementTemplate;
  readonly wildcardReason?: string;
  readonly onlyIf?: CfnCondition;
}

interface StatementTemplate {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

interface StatementProps {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Only in resource policies. */
  readonly principal?: unknown;
  readonly conditions?: Condition;
  /** Why an action or resource ends in `*`; cdk-nag stops a role whose statement does not say it. */
  readonly wildcardReason?: string;
  /** The statement is there only under this condition of the template; cdk-nag does not look at such statements. */
  readonly onlyIf?: CfnCondition;
}

export const allow = (props: StatementProps): Statement => statement('Allow', props);

/**
 * The only way to write a statement for all resources. Each package binds it to its own table, Sid -> why the statement
 * says `"Resource": "*"`, and compares that table with its template in a test.
 */
export const allowEverywhereFor =
  <Sid extends string>(reasons: Readonly<Record<Sid, string>>) =>
  (
    props: Omit<StatementProps, 'sid' | 'resources' | 'wildcardReason' | 'onlyIf'> & {
      readonly sid: Sid;
    },
  ): Statement =>
    statement('Allow', { ...props, resources: ['*'], wildcardReason: reasons[props.sid] });

/** The one statement that every bucket, queue and topic policy here begins with. */
export const denyInsecureTransport = (props: {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}): Statement =>
  statement('Deny', {
    ...props,
    sid: 'DenyInsecureTransport',
    principal: '*',
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });

export const policyDocument = (statements: readonly Statement[]) => ({
  Version: '2012-10-17',
  Statement: statements.map(({ template, onlyIf }) =>
    onlyIf === undefined ? template : Fn.conditionIf(onlyIf.logicalId, template, Aws.NO_VALUE),
  ),
});

const statement = (effect: StatementTemplate['Effect'], props: StatementProps): Statement => ({
  template: {
    Sid: props.sid,
    Effect: effect,
    ...(props.principal === undefined ? {} : { Principal: props.principal }),
    Action: props.actions,
    Resource: props.resources,
    ...(props.conditions === undefined ? {} : { Condition: props.conditions }),
  },
  ...(props.wildcardReason === undefined ? {} : { wildcardReason: props.wildcardReason }),
  ...(props.onlyIf === undefined ? {} : { onlyIf: props.onlyIf }),
});
