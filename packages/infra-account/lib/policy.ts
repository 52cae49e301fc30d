import { starReasons, type StarSid } from './star-reasons.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One IAM statement: as it stands in the template, and why it needs a wildcard, if it has one. */
export interface Statement {
  readonly template: StatementTemplate;
  readonly wildcardReason?: string;
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
}

export const allow = (props: StatementProps): Statement => statement('Allow', props);

/** A statement for all resources; its Sid has to be in `starReasons`. */
export const allowEverywhere = (
  props: Omit<StatementProps, 'sid' | 'resources' | 'wildcardReason'> & { readonly sid: StarSid },
): Statement =>
  statement('Allow', { ...props, resources: ['*'], wildcardReason: starReasons[props.sid] });

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
  Statement: statements.map(({ template }) => template),
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
});
