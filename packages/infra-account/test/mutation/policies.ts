import type { Resource, Template } from './template-layer.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
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
  readonly keep: () => void;
}

/** How policy documents are reached from a resource's properties. */
export interface Place {
  readonly name: string;
  readonly documents: (properties: Record<string, unknown>) => readonly HeldDocument[];
}

/** What stands there when the stack's condition holds. */
export function whenTrue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('Fn::If' in value)) return value;
  const [, yes, no] = value['Fn::If'] as readonly unknown[];
  return isNoValue(yes) ? no : yes;
}

const isNoValue = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'Ref' in value && value.Ref === 'AWS::NoValue';

export const statementOf = (entry: Entry): Statement => whenTrue(entry) as Statement;

const held = (value: unknown): HeldDocument[] => {
  const document = whenTrue(value) as PolicyDocument | undefined;
  return document === undefined ? [] : [{ document, keep: () => undefined }];
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

/** Nobody calls as this service, so a trust policy that names only it trusts nobody. */
const nobody: Statement & Readonly<Record<string, unknown>> = {
  Principal: { Service: 'ec2.application-autoscaling.amazonaws.com' },
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
};

/** A document needs a statement: a policy without one is taken away, a trust that would be empty trusts nobody. */
export function mendEmpty(template: Template, logicalId: string, place: Place): void {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  switch (place.name) {
    case 'AssumeRolePolicyDocument':
      place.documents(properties)[0]?.document.Statement.push(nobody);
      break;
    case 'Policies':
      properties['Policies'] = (
        properties['Policies'] as { PolicyDocument: PolicyDocument }[]
      ).filter(({ PolicyDocument }) => PolicyDocument.Statement.length > 0);
      break;
    case 'ResourcePolicyDocument':
      Reflect.deleteProperty(properties, place.name);
      break;
    default:
      dropResource(template, logicalId);
  }
}

export function dropResource(template: Template, logicalId: string): void {
  Reflect.deleteProperty(template.Resources, logicalId);
  for (const resource of Object.values(template.Resources) as (Resource & {
    DependsOn?: string | string[];
  })[])
    if (resource.DependsOn !== undefined)
      resource.DependsOn = [resource.DependsOn].flat().filter((id) => id !== logicalId);
}
