export interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  Action?: unknown;
  Resource?: unknown;
  Condition?: unknown;
}

/** A statement may stand under a condition of the template. */
type Entry = Statement | { readonly 'Fn::If': readonly [string, Statement, unknown] };
export interface PolicyDocument {
  Statement: Entry[];
}

/** A policy document of a resource; `keep` puts it back after a change. */
interface HeldDocument {
  readonly document: PolicyDocument;
  /** The condition of the template under which it stands there. */
  readonly onlyIf?: string | undefined;
  readonly keep: () => void;
}

/** How policy documents are reached from a resource's properties. */
export interface Place {
  readonly name: string;
  readonly documents: (properties: Record<string, unknown>) => readonly HeldDocument[];
}

/** The name of the template's condition under which a value stands there. */
export function conditionOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('Fn::If' in value)) return undefined;
  const [condition, , no] = value['Fn::If'] as readonly [string, unknown, unknown];
  return isNoValue(no) ? condition : `not ${condition}`;
}

/** What stands there when the stack's condition holds. */
export function whenTrue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('Fn::If' in value)) return value;
  const [, yes, no] = value['Fn::If'] as readonly unknown[];
  return isNoValue(yes) ? no : yes;
}

export const isNoValue = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'Ref' in value && value.Ref === 'AWS::NoValue';

export const statementOf = (entry: Entry): Statement => whenTrue(entry) as Statement;

const held = (value: unknown): HeldDocument[] => {
  const document = whenTrue(value) as PolicyDocument | undefined;
  return document === undefined
    ? []
    : [{ document, onlyIf: conditionOf(value), keep: () => undefined }];
};

const property = (name: string): Place => ({
  name,
  documents: (properties) => held(properties[name]),
});

/** A resource that is one statement. */
const onlyStatement: Place = {
  name: 'Statement',
  documents: (properties) => {
    const document: PolicyDocument = { Statement: [properties['Statement'] as Statement] };
    const keep = (): void => {
      properties['Statement'] = document.Statement[0];
    };
    return [{ document, keep }];
  },
};

/** A document as a text with references in it. */
const textProperty = (name: string): Place => ({
  name,
  documents: (properties) => {
    const text = properties[name] as { 'Fn::Sub': string };
    const document = JSON.parse(text['Fn::Sub']) as PolicyDocument;
    const keep = (): void => {
      text['Fn::Sub'] = JSON.stringify(document);
    };
    return [{ document, keep }];
  },
});

const rolePolicies: Place = {
  name: 'Policies',
  documents: (properties) =>
    ((properties['Policies'] ?? []) as { PolicyDocument: PolicyDocument }[]).flatMap(
      ({ PolicyDocument }) => held(PolicyDocument),
    ),
};

/** Where policies stand, by the type of the resource. */
export const places: Readonly<Record<string, readonly Place[]>> = {
  'AWS::Events::EventBusPolicy': [onlyStatement],
  'AWS::IAM::Role': [property('AssumeRolePolicyDocument'), rolePolicies],
  'AWS::KMS::Key': [property('KeyPolicy')],
  'AWS::Logs::LogGroup': [property('ResourcePolicyDocument')],
  'AWS::Logs::ResourcePolicy': [textProperty('PolicyDocument')],
  'AWS::S3::BucketPolicy': [property('PolicyDocument')],
  'AWS::SNS::TopicPolicy': [property('PolicyDocument')],
  'AWS::SQS::QueuePolicy': [property('PolicyDocument')],
};
